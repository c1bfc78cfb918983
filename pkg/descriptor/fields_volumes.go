package descriptor

import (
	"strings"

	"github.com/unfold-gitops/unfold/pkg/value"
)

const volumesProse = "What is mounted into the container. A key that starts with `/` is the path where the volume is mounted, and names it by\n" +
	"that; any other is a volume's name, and says under `mounts` where it is mounted. A size asks for a claim, which Argo CD\n" +
	"never prunes or deletes; a StatefulSet has one for each pod. Pods share a claim only if its `accessModes` allow that: a\n" +
	"Deployment with a ReadWriteOnce claim runs one pod, and stops it before it starts another."

// volumeFields give a workload its volumes.
var volumeFields = []field{
	{name: "volumes", scope: ownScope, doc: "The volumes, by the path where they are mounted or by name.", typ: &schema{kind: mapKind, what: "a map of volumes", keys: keyRule{"a volume", &check{problem: volumeKey}}, elem: volumeType},
		example: "volumes:\n  /data: 10Gi\n  /tmp: emptyDir\n  /cache: {emptyDir: {medium: Memory, sizeLimit: 64Mi}}\n  /etc/tls: {secret: shop-tls, readOnly: true}\n  shared:\n    claim: team-files\n    mounts: {/uploads: uploads, /exports: {subPath: exports, readOnly: true}}"},
}

// volumeSources are what a volume can be, of which one counts.
var volumeSources = []string{
	"claim", "persistentVolumeClaim", "emptyDir", "configMap", "secret", "projected", "downwardAPI", "csi", "ephemeral", "image", "hostPath", "nfs", "iscsi", "fc",
	"awsElasticBlockStore", "azureDisk", "azureFile", "cinder", "flexVolume", "gcePersistentDisk", "portworxVolume", "vsphereVolume",
}

var volumeType = &schema{
	kind: objectKind, what: "a size such as 10Gi, emptyDir", short: volumeShort, line: &schema{kind: textKind, what: "a size such as 10Gi, or emptyDir"},
	oneOf: [][]string{volumeSources, {"subPath", "subPathExpr"}}, after: existingClaim,
	fields: []field{
		{name: "claim", doc: "A claim of its own; or the name of one that is there.", typ: claimType},
		{name: "persistentVolumeClaim", doc: "A claim that is there.", typ: &schema{kind: kubeKind, what: "a claim", of: "core/v1.PersistentVolumeClaimVolumeSource"}},
		{name: "emptyDir", doc: "A folder that goes with the pod.", typ: &schema{kind: kubeKind, what: "an empty folder", of: "core/v1.EmptyDirVolumeSource"}},
		{name: "configMap", doc: "A ConfigMap.", typ: &schema{kind: kubeKind, what: "a ConfigMap", short: configMapSourceShort, line: &schema{kind: textKind, what: "its name"}, of: "core/v1.ConfigMapVolumeSource"}},
		{name: "secret", doc: "A Secret.", typ: &schema{kind: kubeKind, what: "a Secret", short: secretSourceShort, line: &schema{kind: textKind, what: "its name"}, of: "core/v1.SecretVolumeSource"}},
		{name: "projected", doc: "Several of ConfigMaps, Secrets, tokens and fields of the pod in one folder.", typ: &schema{kind: kubeKind, what: "a projected volume", of: "core/v1.ProjectedVolumeSource"}},
		{name: "downwardAPI", doc: "Fields of the pod.", typ: &schema{kind: kubeKind, what: "fields of the pod", of: "core/v1.DownwardAPIVolumeSource"}},
		{name: "csi", doc: "A volume of a storage driver that goes with the pod.", typ: &schema{kind: kubeKind, what: "a CSI volume", of: "core/v1.CSIVolumeSource"}},
		{name: "ephemeral", doc: "A claim that goes with the pod.", typ: &schema{kind: kubeKind, what: "an ephemeral volume", of: "core/v1.EphemeralVolumeSource"}},
		{name: "image", doc: "The content of an OCI image.", typ: &schema{kind: kubeKind, what: "an image", short: imageSourceShort, line: &schema{kind: textKind, what: "its reference"}, of: "core/v1.ImageVolumeSource"}},
		{name: "hostPath", doc: "A path of the node.", typ: &schema{kind: kubeKind, what: "a path of the node", short: hostPathSourceShort, line: &schema{kind: textKind, what: "the path"}, of: "core/v1.HostPathVolumeSource"}},
		{name: "nfs", doc: "An NFS export.", typ: &schema{kind: kubeKind, what: "an NFS export", of: "core/v1.NFSVolumeSource"}},
		{name: "iscsi", doc: "An iSCSI disk.", typ: &schema{kind: kubeKind, what: "an iSCSI disk", of: "core/v1.ISCSIVolumeSource"}},
		{name: "fc", doc: "A Fibre Channel disk.", typ: &schema{kind: kubeKind, what: "a Fibre Channel disk", of: "core/v1.FCVolumeSource"}},
		{name: "awsElasticBlockStore", doc: "A disk of AWS.", typ: &schema{kind: kubeKind, what: "a disk", of: "core/v1.AWSElasticBlockStoreVolumeSource"}},
		{name: "azureDisk", doc: "A disk of Azure.", typ: &schema{kind: kubeKind, what: "a disk", of: "core/v1.AzureDiskVolumeSource"}},
		{name: "azureFile", doc: "A file share of Azure.", typ: &schema{kind: kubeKind, what: "a file share", of: "core/v1.AzureFileVolumeSource"}},
		{name: "cinder", doc: "A disk of OpenStack.", typ: &schema{kind: kubeKind, what: "a disk", of: "core/v1.CinderVolumeSource"}},
		{name: "flexVolume", doc: "A volume of a FlexVolume driver.", typ: &schema{kind: kubeKind, what: "a volume", of: "core/v1.FlexVolumeSource"}},
		{name: "gcePersistentDisk", doc: "A disk of Google Cloud.", typ: &schema{kind: kubeKind, what: "a disk", of: "core/v1.GCEPersistentDiskVolumeSource"}},
		{name: "portworxVolume", doc: "A volume of Portworx.", typ: &schema{kind: kubeKind, what: "a volume", of: "core/v1.PortworxVolumeSource"}},
		{name: "vsphereVolume", doc: "A disk of vSphere.", typ: &schema{kind: kubeKind, what: "a disk", of: "core/v1.VsphereVirtualDiskVolumeSource"}},
		{name: "subPath", doc: "The path in the volume that is mounted.", typ: anyText},
		{name: "subPathExpr", doc: "The same with $(VAR) filled in from the environment.", typ: anyText},
		{name: "readOnly", doc: "true mounts it read-only.", typ: boolean},
		{name: "recursiveReadOnly", doc: "Whether what is mounted below is read-only too: Disabled, IfPossible or Enabled.", typ: recursive},
		{name: "mountPropagation", doc: "Whether mounts pass between container and node: None, HostToContainer or Bidirectional.", typ: propagation},
		{name: "mounts", doc: "Where it is mounted, by path, each with the path in the volume or with options of its own.", typ: &schema{kind: mapKind, what: "a map of mounts", short: mountsShort, line: &schema{kind: textKind, what: "a path", check: mountPath},
			keys: keyRule{"a path", mountPath}, elem: mountType}},
	},
}

var (
	recursive   = &schema{kind: textKind, what: "whether it is recursive", enum: []string{"Disabled", "IfPossible", "Enabled"}}
	propagation = &schema{kind: textKind, what: "a mount propagation", enum: []string{"None", "HostToContainer", "Bidirectional"}}
	mountType   = &schema{kind: objectKind, what: "a mount", shortKey: "subPath", orFalse: true, oneOf: [][]string{{"subPath", "subPathExpr"}}, fields: []field{
		{name: "subPath", doc: "The path in the volume.", typ: anyText},
		{name: "subPathExpr", doc: "The same with $(VAR) filled in from the environment.", typ: anyText},
		{name: "readOnly", doc: "true mounts it read-only.", typ: boolean},
		{name: "recursiveReadOnly", doc: "Disabled, IfPossible or Enabled.", typ: recursive},
		{name: "mountPropagation", doc: "None, HostToContainer or Bidirectional.", typ: propagation},
	}}
)

var claimType = &schema{
	kind: objectKind, what: "a claim", shortKey: "name",
	fields: []field{
		{name: "name", doc: "A claim that is there; excludes all else.", typ: &schema{kind: textKind, what: "a claim's name", check: dnsSubdomain}},
		{name: "size", doc: "How much it asks for.", typ: amount},
		{name: "storageClass", doc: "The class of storage; the cluster's default unless given.", typ: &schema{kind: textKind, what: "a StorageClass's name", check: &check{problem: classOrNone}}},
		{name: "accessModes", doc: "Who may mount it: ReadWriteOnce (default), ReadWriteOncePod, ReadWriteMany, ReadOnlyMany.", typ: &schema{kind: listKind, what: "a list of access modes",
			elem: &schema{kind: textKind, what: "an access mode", enum: []string{"ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"}}}},
		{name: "volumeName", doc: "The PersistentVolume that it is bound to.", typ: anyText},
		{name: "selector", doc: "Which PersistentVolumes it takes.", typ: &schema{kind: kubeKind, what: "a label selector", of: "meta/v1.LabelSelector"}},
		{name: "dataSource", doc: "What it is filled with: a snapshot or another claim.", typ: &schema{kind: kubeKind, what: "a data source", of: "core/v1.TypedLocalObjectReference"}},
		{name: "dataSourceRef", doc: "The same, of any kind.", typ: &schema{kind: kubeKind, what: "a data source", of: "core/v1.TypedObjectReference"}},
		{name: "volumeAttributesClassName", doc: "The VolumeAttributesClass.", typ: anyText},
		{name: "labels", doc: "Further labels.", typ: labelMap},
		{name: "annotations", doc: "Further annotations.", typ: annotationMap},
	},
}

// classOrNone takes "" too, which asks for volumes without a class.
func classOrNone(s string) string {
	if s == "" {
		return ""
	}
	return dnsSubdomain.problem(s)
}

func volumeKey(s string) string {
	if strings.HasPrefix(s, "/") {
		return mountPath.problem(s)
	}
	return dnsLabel1123.problem(s)
}

func volumeShort(v *value.Value) *value.Value {
	switch {
	case !v.IsScalar():
		return nil
	case v.Text == "emptyDir":
		return value.NewMap(v.Pos).Set("emptyDir", value.NewMap(v.Pos))
	case quantity.problem(v.Text) == "":
		return value.NewMap(v.Pos).Set("claim", value.NewMap(v.Pos).Set("size", v))
	}
	return nil
}

// existingClaim turns a claim that is named into the source that Kubernetes has
// for it, so that a layer that names one puts a lower layer's own claim aside.
func existingClaim(n *normaliser, v *value.Value) *value.Value {
	claim := v.Entry("claim")
	if claim == nil || claim.Value.StringAt("name") == "" {
		return v
	}
	if len(claim.Value.Entries) > 1 {
		n.diags.Errorh(claim.KeyPos, "one-of", "remove name for a claim of its own, or all else", "%s.claim names a claim and describes one", n.where())
		return v
	}
	source := value.NewMap(claim.Value.Pos).Set("claimName", claim.Value.Get("name"))
	out := v.Copy()
	out.Entry("claim").Key = "persistentVolumeClaim"
	out.Entry("persistentVolumeClaim").Value = source
	return out
}

func configMapSourceShort(v *value.Value) *value.Value { return sourceShort(v, "name") }
func secretSourceShort(v *value.Value) *value.Value    { return sourceShort(v, "secretName") }
func imageSourceShort(v *value.Value) *value.Value     { return sourceShort(v, "reference") }
func hostPathSourceShort(v *value.Value) *value.Value  { return sourceShort(v, "path") }

// sourceShort takes a text for the field of a source that names what it is.
func sourceShort(v *value.Value, field string) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewMap(v.Pos).Set(field, value.Str(v.Text, v.Pos))
}

// mountsShort takes a path for a map of one.
func mountsShort(v *value.Value) *value.Value {
	if !v.IsScalar() {
		return nil
	}
	return value.NewMap(v.Pos).Set(v.Text, value.NewMap(v.Pos))
}
