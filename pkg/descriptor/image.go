package descriptor

import "github.com/unfold-gitops/unfold/pkg/kube/image"

// Image is a reference to a container image, as the field image takes it.
type Image = image.Reference
