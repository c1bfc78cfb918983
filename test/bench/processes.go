package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// process is a program that is started once a round.
type process struct {
	name string
	dir  string
	args []string
}

// cost is what one run of a process took.
type cost struct{ cpu, wall, memory float64 } // ms, ms, MiB

// processes starts each program once a round, one after the other, and returns
// medians and paired ratios.
func (b *bench) processes(results map[string]float64) (string, error) {
	kustomize, helm := b.tools+"/kustomize", b.tools+"/helm"
	list := []process{
		{"empty Go program", b.work, []string{b.path("empty")}},
		{"unfold generate, example-app", b.path("examples/example-app"), []string{b.unfold, "generate"}},
		{"kustomize build, example-app", b.work, []string{kustomize, "build", b.path("ejected/example-app/overlays/prod")}},
		{"helm template, example-app", b.work, []string{helm, "template", "example-app", b.path("chart")}},
		{"unfold generate, 5 workloads", b.path("five"), []string{b.unfold, "generate"}},
		{"kustomize build, 5 workloads", b.work, []string{kustomize, "build", b.path("ejected/five/overlays/prod")}},
		{"helm template, 5 workloads", b.work, []string{helm, "template", "shop", b.path("chart"), "--set", "workloads={w0,w1,w2,w3,w4}"}},
		{"unfold generate, a user patch", b.path("patched"), []string{b.unfold, "generate"}},
		{"kustomize build, a user patch", b.work, []string{kustomize, "build", b.path("ejected/patched/overlays/prod")}},
	}
	costs := map[string][]cost{}
	for round := range b.rounds + 1 {
		for _, p := range list {
			c, err := b.launch(p)
			if err != nil {
				return "", fmt.Errorf("%s: %w", p.name, err)
			}
			if round > 0 { // the first warms the caches
				costs[p.name] = append(costs[p.name], c)
			}
		}
	}
	var out strings.Builder
	out.WriteString("| process | CPU ms, median | p90 | wall ms | peak MiB |\n| --- | --- | --- | --- | --- |\n")
	for _, p := range list {
		x := costs[p.name]
		fmt.Fprintf(&out, "| %s | %.2f | %.2f | %.2f | %.1f |\n", p.name,
			quantile(x, 0.5, cost.getCPU), quantile(x, 0.9, cost.getCPU), quantile(x, 0.5, cost.getWall), quantile(x, 0.5, cost.getMemory))
	}
	out.WriteString("\n| CPU of | against | ratio, median of pairs | p90 |\n| --- | --- | --- | --- |\n")
	for _, r := range []struct{ a, b int }{{1, 2}, {1, 3}, {1, 0}, {4, 5}, {4, 6}, {7, 8}} {
		a, b := list[r.a].name, list[r.b].name
		var ratios []float64
		for i := range costs[a] {
			ratios = append(ratios, costs[a][i].cpu/costs[b][i].cpu)
		}
		slices.Sort(ratios)
		results[a+" / "+b] = at(ratios, 0.5)
		fmt.Fprintf(&out, "| %s | %s | %.3f | %.3f |\n", a, b, at(ratios, 0.5), at(ratios, 0.9))
	}
	results["peak MiB of "+list[1].name] = quantile(costs[list[1].name], 0.5, cost.getMemory)
	results["kustomize wall ms"] = quantile(costs[list[2].name], 0.5, cost.getWall)
	return out.String() + "\n", nil
}

// launch runs a process by the launcher.
func (b *bench) launch(p process) (cost, error) {
	cmd := exec.Command(b.path("launch"), p.args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "ARGOCD_ENV_ENVIRONMENT=prod", "HELM_CACHE_HOME="+b.path("helm"), "HELM_CONFIG_HOME="+b.path("helm"),
		"HELM_DATA_HOME="+b.path("helm"))
	out, err := cmd.Output()
	if err != nil {
		return cost{}, err
	}
	var cpu, wall, memory float64
	if _, err := fmt.Sscan(string(out), &cpu, &wall, &memory); err != nil {
		return cost{}, err
	}
	return cost{cpu / 1000, wall / 1000, memory / 1024}, nil
}

func (c cost) getCPU() float64    { return c.cpu }
func (c cost) getWall() float64   { return c.wall }
func (c cost) getMemory() float64 { return c.memory }

func quantile(costs []cost, q float64, get func(cost) float64) float64 {
	var x []float64
	for _, c := range costs {
		x = append(x, get(c))
	}
	slices.Sort(x)
	return at(x, q)
}

// at returns a quantile of sorted figures.
func at(sorted []float64, q float64) float64 {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
