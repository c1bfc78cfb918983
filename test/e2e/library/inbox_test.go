package library_test

import (
	"bufio"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// message is one that was received.
type message struct {
	service, to, subject, text string
	body                       any
}

// inbox is where Slack, a mail server and a webhook receive.
type inbox struct {
	mu      sync.Mutex
	all     []message
	settled int // how many of them were seen
}

func (i *inbox) add(m message) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.all = append(i.all, m)
}

// serve starts the three servers and returns their addresses.
func (i *inbox) serve(t *testing.T) (slack, smtp, webhook string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/chat.postMessage" {
			i.add(message{service: "slack", to: r.FormValue("channel") + " " + slackToken(r), text: strings.TrimSpace(r.FormValue("text")),
				body: decode(r.FormValue("attachments"))})
		}
		fmt.Fprint(w, `{"ok": true, "channel": "C1", "ts": "1"}`)
	}))
	t.Cleanup(s.Close)
	h := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		i.add(message{service: "deployments", to: r.Header.Get("Authorization") + " " + r.Header.Get("Content-Type"),
			text: r.Method + " " + r.URL.Path, body: decode(string(body))})
	}))
	t.Cleanup(h.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go i.mail(c)
		}
	}()
	return s.URL, l.Addr().String(), h.URL
}

func slackToken(r *http.Request) string {
	if token := r.FormValue("token"); token != "" {
		return token
	}
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// mail takes mail from a connection, as much of SMTP as that needs.
func (i *inbox) mail(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	fmt.Fprint(c, "220 test\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
		case "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			m, err := mail.ReadMessage(bufio.NewReader(untilDot{in}))
			if err != nil {
				return
			}
			text, _ := io.ReadAll(quotedprintable.NewReader(m.Body))
			i.add(message{
				service: "email", to: m.Header.Get("To"), subject: m.Header.Get("Subject"),
				text: strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")),
			})
			fmt.Fprint(c, "250 taken\r\n")
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

// untilDot reads up to the line that ends a mail.
type untilDot struct{ *bufio.Reader }

func (u untilDot) Read(p []byte) (int, error) {
	line, err := u.ReadString('\n')
	if err != nil || line == ".\r\n" {
		return 0, io.EOF
	}
	return copy(p, strings.TrimPrefix(line, ".")), nil
}

// settle waits until nothing more is sent, and returns what was new: its service and state.
func (i *inbox) settle() []string {
	count := func() int {
		i.mu.Lock()
		defer i.mu.Unlock()
		return len(i.all)
	}
	const quiet = 400 * time.Millisecond
	for before := -1; before != count(); time.Sleep(quiet) {
		before = count()
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	var out []string
	for _, m := range i.all[i.settled:] {
		out = append(out, m.service+" "+m.state())
	}
	i.settled = len(i.all)
	slices.Sort(out)
	return out
}

// state is what a message is about.
func (m message) state() string {
	text := m.subject + m.text
	if body, ok := m.body.(map[string]any); ok {
		return fmt.Sprint(body["state"])
	}
	for part, state := range map[string]string{"is deployed": "deployed", "could not be synced": "sync-failed", "does not work": "degraded",
		"no manifests": "not-rendered"} {
		if strings.Contains(text, part) {
			return state
		}
	}
	return text
}

// last returns the messages by service.
func (i *inbox) last() []message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.SortedFunc(slices.Values(i.all), func(a, b message) int { return strings.Compare(a.service, b.service) })
}
