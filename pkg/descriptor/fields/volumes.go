package fields

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/schema"
	"github.com/unfold-gitops/unfold/pkg/yaml/value"
)

// volumeFields give a workload its volumes.
var volumeFields = []schema.Field{
	{Name: "volumes", Scope: Own, Traits: hookTakes, Doc: "The volumes, by the path where they are mounted or by name.",
		Type: &schema.Type{Kind: schema.MapKind, What: "a map of volumes", Otherwise: volumesOtherwise,
			Keys: schema.KeyRule{What: "a volume", Check: &schema.Check{Problem: volumeKey}}, Elem: volumeType},
		Example: "volumes:\n  /data: 10Gi\n  /tmp: emptyDir\n  /cache: {emptyDir: {medium: Memory, sizeLimit: 64Mi}}\n" +
			"  /etc/tls: {secret: shop-tls, readOnly: true}\n  shared:\n    claim: team-files\n" +
			"    mounts: {/uploads: uploads, /exports: {subPath: exports, readOnly: true}}"},
}

// VolumeSources are what a volume can be, of which one counts.
var VolumeSources = []string{
	"claim", "persistentVolumeClaim", "emptyDir", "configMap", "secret", "projected", "downwardAPI", "csi", "ephemeral", "image",
	"hostPath", "nfs", "iscsi", "fc",
	"awsElasticBlockStore", "azureDisk", "azureFile", "cinder", "flexVolume", "gcePersistentDisk", "portworxVolume", "vsphereVolume",
}

var volumeType = &schema.Type{
	Kind: schema.ObjectKind, What: "a size such as 10Gi, emptyDir", Expand: expandVolume, Otherwise: volumeOtherwise,
	Shorthand: &schema.Type{Kind: schema.TextKind, What: "a size such as 10Gi, or emptyDir"},
	OneOf:     [][]string{VolumeSources, {"subPath", "subPathExpr"}}, After: existingClaim,
	Fields: []schema.Field{
		{Name: "claim", Doc: "A claim of its own; or the name of an existing one.", Type: claimType},
		{Name: "persistentVolumeClaim", Doc: "An existing claim.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a claim", Of: "core/v1.PersistentVolumeClaimVolumeSource"}},
		{Name: "emptyDir", Doc: "A folder that goes with the pod.", Type: &schema.Type{Kind: schema.KubeKind, What: "an empty folder",
			Of: "core/v1.EmptyDirVolumeSource"}},
		{Name: "configMap", Doc: "A ConfigMap.", Type: &schema.Type{Kind: schema.KubeKind, What: "a ConfigMap",
			Expand: expandConfigMapSource, Shorthand: &schema.Type{Kind: schema.TextKind, What: "its name"},
			Of: "core/v1.ConfigMapVolumeSource"}},
		{Name: "secret", Doc: "A Secret.", Type: &schema.Type{Kind: schema.KubeKind, What: "a Secret", Expand: expandSecretSource,
			Shorthand: &schema.Type{Kind: schema.TextKind, What: "its name"}, Of: "core/v1.SecretVolumeSource"}},
		{Name: "projected", Doc: "Several of ConfigMaps, Secrets, tokens and fields of the pod in one folder.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a projected volume", Of: "core/v1.ProjectedVolumeSource"}},
		{Name: "downwardAPI", Doc: "Fields of the pod.", Type: &schema.Type{Kind: schema.KubeKind, What: "fields of the pod",
			Of: "core/v1.DownwardAPIVolumeSource"}},
		{Name: "csi", Doc: "A volume of a storage driver that goes with the pod.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a CSI volume", Of: "core/v1.CSIVolumeSource"}},
		{Name: "ephemeral", Doc: "A claim that goes with the pod.", Type: &schema.Type{Kind: schema.KubeKind, What: "an ephemeral volume",
			Of: "core/v1.EphemeralVolumeSource"}},
		{Name: "image", Doc: "The content of an OCI image.", Type: &schema.Type{Kind: schema.KubeKind, What: "an image",
			Expand: expandImageSource, Shorthand: &schema.Type{Kind: schema.TextKind, What: "its reference"},
			Of: "core/v1.ImageVolumeSource"}},
		{Name: "hostPath", Doc: "A path of the node.", Type: &schema.Type{Kind: schema.KubeKind, What: "a path of the node",
			Expand: expandHostPathSource, Shorthand: &schema.Type{Kind: schema.TextKind, What: "the path"},
			Of: "core/v1.HostPathVolumeSource"}},
		{Name: "nfs", Doc: "An NFS export.", Type: &schema.Type{Kind: schema.KubeKind, What: "an NFS export",
			Of: "core/v1.NFSVolumeSource"}},
		{Name: "iscsi", Doc: "An iSCSI disk.", Type: &schema.Type{Kind: schema.KubeKind, What: "an iSCSI disk",
			Of: "core/v1.ISCSIVolumeSource"}},
		{Name: "fc", Doc: "A Fibre Channel disk.", Type: &schema.Type{Kind: schema.KubeKind, What: "a Fibre Channel disk",
			Of: "core/v1.FCVolumeSource"}},
		{Name: "awsElasticBlockStore", Doc: "A disk of AWS.", Type: &schema.Type{Kind: schema.KubeKind, What: "a disk",
			Of: "core/v1.AWSElasticBlockStoreVolumeSource"}},
		{Name: "azureDisk", Doc: "A disk of Azure.", Type: &schema.Type{Kind: schema.KubeKind, What: "a disk",
			Of: "core/v1.AzureDiskVolumeSource"}},
		{Name: "azureFile", Doc: "A file share of Azure.", Type: &schema.Type{Kind: schema.KubeKind, What: "a file share",
			Of: "core/v1.AzureFileVolumeSource"}},
		{Name: "cinder", Doc: "A disk of OpenStack.", Type: &schema.Type{Kind: schema.KubeKind, What: "a disk",
			Of: "core/v1.CinderVolumeSource"}},
		{Name: "flexVolume", Doc: "A volume of a FlexVolume driver.", Type: &schema.Type{Kind: schema.KubeKind, What: "a volume",
			Of: "core/v1.FlexVolumeSource"}},
		{Name: "gcePersistentDisk", Doc: "A disk of Google Cloud.", Type: &schema.Type{Kind: schema.KubeKind, What: "a disk",
			Of: "core/v1.GCEPersistentDiskVolumeSource"}},
		{Name: "portworxVolume", Doc: "A volume of Portworx.", Type: &schema.Type{Kind: schema.KubeKind, What: "a volume",
			Of: "core/v1.PortworxVolumeSource"}},
		{Name: "vsphereVolume", Doc: "A disk of vSphere.", Type: &schema.Type{Kind: schema.KubeKind, What: "a disk",
			Of: "core/v1.VsphereVirtualDiskVolumeSource"}},
		{Name: "subPath", Doc: "The path in the volume that is mounted.", Type: &schema.AnyText},
		{Name: "subPathExpr", Doc: "The same with $(VAR) filled in from the environment.", Type: &schema.AnyText},
		{Name: "readOnly", Doc: "true mounts it read-only.", Type: &schema.Boolean},
		{Name: "recursiveReadOnly", Doc: "Whether what is mounted below is read-only too: Disabled, IfPossible or Enabled.",
			Type: recursive},
		{Name: "mountPropagation", Doc: "Whether mounts pass between container and node: None, HostToContainer or Bidirectional.",
			Type: propagation},
		{Name: "mounts", Doc: "Where it is mounted, by path, each with the path in the volume or with options of its own; {} for nowhere.",
			Type: &schema.Type{Kind: schema.MapKind, What: "a map of mounts", Expand: expandMounts,
				Shorthand: &schema.Type{Kind: schema.TextKind, What: "a path", Check: &schema.MountPath},
				Keys:      schema.KeyRule{What: "a path", Check: &schema.MountPath}, Elem: mountType}},
	},
}

var (
	recursive   = &schema.Type{Kind: schema.TextKind, What: "whether it is recursive", Enum: []string{"Disabled", "IfPossible", "Enabled"}}
	propagation = &schema.Type{Kind: schema.TextKind, What: "a mount propagation",
		Enum: []string{"None", "HostToContainer", "Bidirectional"}}
	mountType = &schema.Type{Kind: schema.ObjectKind, What: "a mount", ShorthandKey: "subPath", AllowBool: true,
		OneOf: [][]string{{"subPath", "subPathExpr"}}, Fields: []schema.Field{
			{Name: "subPath", Doc: "The path in the volume.", Type: &schema.AnyText},
			{Name: "subPathExpr", Doc: "The same with $(VAR) filled in from the environment.", Type: &schema.AnyText},
			{Name: "readOnly", Doc: "true mounts it read-only.", Type: &schema.Boolean},
			{Name: "recursiveReadOnly", Doc: "Disabled, IfPossible or Enabled.", Type: recursive},
			{Name: "mountPropagation", Doc: "None, HostToContainer or Bidirectional.", Type: propagation},
		}}
)

var claimType = &schema.Type{
	Kind: schema.ObjectKind, What: "a claim", ShorthandKey: "name",
	Fields: []schema.Field{
		{Name: "name", Doc: "An existing claim; excludes all else.",
			Type: &schema.Type{Kind: schema.TextKind, What: "a claim's name", Check: &schema.Subdomain}},
		{Name: "size", Doc: "How much it asks for.", Type: &schema.Amount},
		{Name: "storageClass", Doc: "The class of storage (default: the cluster's).",
			Type: &schema.Type{Kind: schema.TextKind, What: "a StorageClass's name", Check: &schema.Check{Problem: classOrNone}}},
		{Name: "accessModes", Doc: "Who may mount it: ReadWriteOnce (default), ReadWriteOncePod, ReadWriteMany, ReadOnlyMany.",
			Type: &schema.Type{Kind: schema.ListKind, What: "a list of access modes",
				Elem: &schema.Type{Kind: schema.TextKind, What: "an access mode",
					Enum: []string{"ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"}}}},
		{Name: "volumeName", Doc: "The PersistentVolume that it is bound to.", Type: &schema.AnyText},
		{Name: "selector", Doc: "Which PersistentVolumes it takes.", Type: &schema.Type{Kind: schema.KubeKind, What: "a label selector",
			Of: "meta/v1.LabelSelector"}},
		{Name: "dataSource", Doc: "What it is filled with: a snapshot or another claim.",
			Type: &schema.Type{Kind: schema.KubeKind, What: "a data source", Of: "core/v1.TypedLocalObjectReference"}},
		{Name: "dataSourceRef", Doc: "The same, of any kind.", Type: &schema.Type{Kind: schema.KubeKind, What: "a data source",
			Of: "core/v1.TypedObjectReference"}},
		{Name: "volumeAttributesClassName", Doc: "The VolumeAttributesClass.", Type: &schema.AnyText},
		{Name: "labels", Doc: "Further labels.", Type: LabelMap},
		{Name: "annotations", Doc: "Further annotations.", Type: AnnotationMap},
	},
}

// classOrNone takes "" too, which asks for volumes without a class.
func classOrNone(s string) string {
	if s == "" {
		return ""
	}
	return schema.Subdomain.Problem(s)
}

func volumeKey(s string) string {
	if strings.HasPrefix(s, "/") {
		return schema.MountPath.Problem(s)
	}
	return schema.Label.Problem(s)
}

func expandVolume(v *value.Value) *value.Value {
	switch {
	case !v.IsScalar():
		return nil
	case v.Text == "emptyDir":
		return value.NewMap(v.Pos).Set("emptyDir", value.NewMap(v.Pos))
	case schema.Quantity.Problem(v.Text) == "":
		return value.NewMap(v.Pos).Set("claim", value.NewMap(v.Pos).Set("size", v))
	}
	return nil
}

// existingClaim turns a claim that is named into the source that Kubernetes has
// for it, so that a layer that names one puts a lower layer's own claim aside.
func existingClaim(n *schema.Normaliser, v *value.Value) *value.Value {
	claim := v.Entry("claim")
	if claim == nil || claim.Value.StringAt("name") == "" {
		return v
	}
	if len(claim.Value.Entries) > 1 {
		n.Diags.Errorh(claim.KeyPos, "one-of", "remove name for a claim of its own, or all else",
			"%s.claim names a claim and describes one", n.Where())
		return v
	}
	source := value.NewMap(claim.Value.Pos).Set("claimName", claim.Value.Get("name"))
	out := v.Copy()
	out.Entry("claim").Key = "persistentVolumeClaim"
	out.Entry("persistentVolumeClaim").Value = source
	return out
}

func expandConfigMapSource(v *value.Value) *value.Value { return expandSource(v, "name") }
func expandSecretSource(v *value.Value) *value.Value    { return expandSource(v, "secretName") }
func expandImageSource(v *value.Value) *value.Value     { return expandSource(v, "reference") }
func expandHostPathSource(v *value.Value) *value.Value  { return expandSource(v, "path") }

// expandSource takes a text for the field of a source that names what it is.
func expandSource(v *value.Value, field string) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewMap(v.Pos).Set(field, value.NewString(v.Pos, v.Text))
}

// expandMounts takes a path for a map of one.
func expandMounts(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewMap(v.Pos).Set(v.Text, value.NewMap(v.Pos))
}
