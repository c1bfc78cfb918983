module github.com/unfold-gitops/unfold/test/editor

go 1.26.0
