package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const environments = 3

// batches renders and checks made repositories in one process.
func (b *bench) batches(results map[string]float64) (string, error) {
	sizes := []int{300, 1000, 3000}
	if b.large {
		sizes = append(sizes, 10000)
	}
	var out strings.Builder
	out.WriteString("| one process | apps | builds | seconds | builds a second | peak MiB |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, n := range sizes {
		repo := fmt.Sprintf("repo-%d", n)
		for i := range n {
			if err := writeFile(b.path(repo, "apps", fmt.Sprintf("team-%d", i%20), fmt.Sprintf("app-%d", i), "app.yaml"),
				appOf(i)); err != nil {
				return "", err
			}
		}
	}
	const rounds = 5
	costs := map[string][]cost{}
	for range rounds {
		for _, n := range sizes {
			for _, verb := range []string{"check", "render"} {
				c, err := b.launch(process{verb, b.work, []string{b.unfold, verb, b.path(fmt.Sprintf("repo-%d", n))}})
				if err != nil {
					return "", err
				}
				key := fmt.Sprintf("%s %d", verb, n)
				costs[key] = append(costs[key], c)
			}
		}
	}
	for _, verb := range []string{"check", "render"} {
		for _, n := range sizes {
			x := costs[fmt.Sprintf("%s %d", verb, n)]
			seconds, memory := quantile(x, 0.5, cost.getWall)/1000, quantile(x, 0.5, cost.getMemory)
			perSecond := float64(n*environments) / seconds
			results[fmt.Sprintf("unfold %s, %d apps: times kustomize's builds a second", verb,
				n)] = perSecond * results["kustomize wall ms"] / 1000
			results[fmt.Sprintf("unfold %s, %d apps: peak MiB", verb, n)] = memory
			fmt.Fprintf(&out, "| unfold %s | %d | %d | %.2f | %.0f | %.1f |\n", verb, n, n*environments, seconds, perSecond, memory)
		}
	}
	one := 1000 / results["kustomize wall ms"]
	fmt.Fprintf(&out, "| one kustomize process for each build | | | | %.0f | |\n\n", one)
	fmt.Fprintf(&out, "Batch render of 1,000 apps against one kustomize process for each build: %.0f times the builds a second. Peak "+
		"memory of 3,000 apps against 300: %.2f times.\n\n",
		results["unfold render, 1000 apps: times kustomize's builds a second"],
		results["unfold render, 3000 apps: peak MiB"]/results["unfold render, 300 apps: peak MiB"])
	return out.String(), nil
}

func appOf(i int) string {
	return fmt.Sprintf(`apiVersion: unfold.dev/v1alpha1
kind: App
name: app-%[1]d
image: ghcr.io/example/app-%[1]d
port: 8080
probes: /health
env:
  MODE: batch
  PASSWORD: {secret: app-db/password}
config: {FEATURES: "a,b"}
environments:
  dev: {tag: main}
  staging: {tag: v1.%[1]d.0-rc.1}
  prod: {tag: v1.%[1]d.0, replicas: 4}
`, i)
}

// growth renders one app of ever more workloads.
func (b *bench) growth(results map[string]float64) (string, error) {
	sizes := []int{1, 10, 50, 100, 200}
	const copies = 20 // in one process, so that start-up hardly counts
	for _, n := range sizes {
		for i := range copies {
			if err := writeFile(b.path(fmt.Sprintf("grown-%d", n), fmt.Sprint(i), "app.yaml"), workloads(n)); err != nil {
				return "", err
			}
		}
	}
	costs := map[int][]cost{}
	for range 7 {
		for _, n := range sizes {
			c, err := b.launch(process{"grown", b.work, []string{b.unfold, "render", b.path(fmt.Sprintf("grown-%d", n))}})
			if err != nil {
				return "", err
			}
			costs[n] = append(costs[n], c)
		}
	}
	var out strings.Builder
	out.WriteString("| workloads in one app | CPU ms for three environments | for each workload |\n| --- | --- | --- |\n")
	for _, n := range sizes {
		ms := quantile(costs[n], 0.5, cost.getCPU) / copies
		results[fmt.Sprintf("CPU ms for each workload of %d", n)] = ms / float64(n)
		fmt.Fprintf(&out, "| %d | %.2f | %.3f |\n", n, ms, ms/float64(n))
	}
	return out.String(), nil
}

func names(m map[string]float64) []string { return slices.Sorted(maps.Keys(m)) }
