package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// closed are the types that the sources don't mark with +enum, but of which the
// API server takes the declared constants alone.
var closed = map[string]bool{
	"RecursiveReadOnlyMode": true, "ResourceResizeRestartPolicy": true, "ContainerRestartPolicy": true,
	"ContainerRestartRuleAction": true, "ContainerRestartRuleOnExitCodesOperator": true, "OSName": true,
	"PodSELinuxChangePolicy": true, "PersistentVolumeClaimRetentionPolicyType": true, "ScalingPolicySelect": true,
	"HPAScalingPolicyType": true, "MetricSourceType": true, "MetricTargetType": true, "FSGroupPolicy": true,
	"VolumeLifecycleMode": true, "ParameterNotFoundActionType": true, "LabelSelectorOperator": true,
}

// pkg is what a package declares.
type pkg struct {
	structs map[string]*ast.StructType
	imports map[string]map[string]string // struct → name → path
	enums   map[string]bool
	values  map[string][]string // of each type, in order
}

// enumReader finds the values of a field in the sources of k8s.io/api.
type enumReader struct {
	api, machinery string
	packages       map[string]*pkg
	err            error
}

// of returns the values that a field of a definition can have, none where it is
// not an enum.
func (r *enumReader) of(definition, field string) []string {
	f, dir, imports := r.field(definition, field)
	if f == nil {
		return nil
	}
	dir, typ := r.named(dir, imports, f)
	if q := r.load(dir); q.enums[typ] {
		return q.values[typ]
	}
	return nil
}

// pointer reports whether a field of a definition is a pointer in Go, so that its
// zero value is not the same as a missing field.
func (r *enumReader) pointer(definition, field string) bool {
	f, _, _ := r.field(definition, field)
	_, ok := f.(*ast.StarExpr)
	return ok
}

// field returns the type of a definition's field as the Go source has it, with the
// folder of the source and its imports; nil where no Go source has the definition.
func (r *enumReader) field(definition, field string) (ast.Expr, string, map[string]string) {
	path, name := split(definition)
	switch {
	case strings.HasPrefix(path, "io.k8s.api."):
		path = filepath.Join(r.api, strings.ReplaceAll(strings.TrimPrefix(path, "io.k8s.api."), ".", "/"))
	case strings.HasPrefix(path, "io.k8s.apimachinery."):
		path = filepath.Join(r.machinery, strings.ReplaceAll(strings.TrimPrefix(path, "io.k8s.apimachinery."), ".", "/"))
	default:
		return nil, "", nil
	}
	return r.inStruct(path, name, field)
}

func (r *enumReader) inStruct(dir, name, field string) (ast.Expr, string, map[string]string) {
	p := r.load(dir)
	s := p.structs[name]
	if s == nil {
		return nil, "", nil
	}
	for _, f := range s.Fields.List {
		tag := ""
		if f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			tag, _, _ = strings.Cut(reflect.StructTag(text).Get("json"), ",")
		}
		if tag == "" && len(f.Names) == 0 {
			inner, typ := r.named(dir, p.imports[name], f.Type)
			if found, at, imports := r.inStruct(inner, typ, field); found != nil {
				return found, at, imports
			}
		}
		if tag == field {
			return f.Type, dir, p.imports[name]
		}
	}
	return nil, "", nil
}

// named returns the package and name of a field's type, through pointers, lists
// and maps.
func (r *enumReader) named(dir string, imports map[string]string, e ast.Expr) (string, string) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return r.named(dir, imports, e.X)
	case *ast.ArrayType:
		return r.named(dir, imports, e.Elt)
	case *ast.Ident:
		return dir, e.Name
	case *ast.SelectorExpr:
		path := imports[e.X.(*ast.Ident).Name]
		if rest, ok := strings.CutPrefix(path, "k8s.io/api/"); ok {
			return filepath.Join(r.api, rest), e.Sel.Name
		}
		if rest, ok := strings.CutPrefix(path, "k8s.io/apimachinery/"); ok {
			return filepath.Join(r.machinery, rest), e.Sel.Name
		}
	}
	return dir, ""
}

func (r *enumReader) load(dir string) *pkg {
	if p := r.packages[dir]; p != nil {
		return p
	}
	p := &pkg{structs: map[string]*ast.StructType{}, imports: map[string]map[string]string{}, enums: map[string]bool{},
		values: map[string][]string{}}
	r.packages[dir] = p
	files, _ := filepath.Glob(filepath.Join(dir, "*types.go"))
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			r.err = err
			return p
		}
		p.read(f)
	}
	return p
}

func (p *pkg) read(f *ast.File) {
	imports := map[string]string{}
	for _, i := range f.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		name := filepath.Base(path)
		if i.Name != nil {
			name = i.Name.Name
		}
		imports[name] = path
	}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range g.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if s, ok := spec.Type.(*ast.StructType); ok {
					p.structs[spec.Name.Name], p.imports[spec.Name.Name] = s, imports
				}
				p.enums[spec.Name.Name] = closed[spec.Name.Name] || strings.Contains(g.Doc.Text()+spec.Doc.Text(), "+enum")
			case *ast.ValueSpec:
				typ, ok := spec.Type.(*ast.Ident)
				for _, v := range spec.Values {
					if lit, isLit := v.(*ast.BasicLit); ok && isLit && lit.Kind == token.STRING {
						text, _ := strconv.Unquote(lit.Value)
						p.values[typ.Name] = append(p.values[typ.Name], text)
					}
				}
			}
		}
	}
}
