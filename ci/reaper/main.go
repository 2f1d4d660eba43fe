// Reaper removes what a test run left behind in a container engine once the run is gone.
//
// It stands in for Testcontainers' Ryuk where neither its image nor its module can be had, and speaks Ryuk's
// protocol: a client connects to port 8080 and sends lines of filters in URL query form (label=a%3Db&label=c%3Dd),
// each answered by "ACK". When no client has been connected for RYUK_RECONNECTION_TIMEOUT (10 s), or none has come
// within RYUK_CONNECTION_TIMEOUT (60 s), everything that matches a filter is removed: containers, then networks,
// volumes and images. The line "Started" on the log tells that it is ready. It uses the standard library alone.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const socket = "/var/run/docker.sock"

// filters are the engine's own form: {"label": ["key=value", ...]}.
type filters map[string][]string

type reaper struct {
	mu      sync.Mutex
	notes   map[string]filters
	clients int
	changed chan struct{}
}

func (r *reaper) note(line string) error {
	query, err := url.ParseQuery(line)
	if err != nil {
		return err
	}
	if len(query["label"]) == 0 {
		// Without a label the filter would match everything that the engine has.
		return fmt.Errorf("no label in %q", line)
	}
	key, err := json.Marshal(filters(query))
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes[string(key)] = filters(query)
	return nil
}

func (r *reaper) count(change int) {
	r.mu.Lock()
	r.clients += change
	r.mu.Unlock()
	r.changed <- struct{}{}
}

func (r *reaper) serve(connection net.Conn) {
	defer connection.Close()
	defer r.count(-1)
	lines := bufio.NewScanner(connection)
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		if err := r.note(lines.Text()); err != nil {
			log.Printf("refused: %v", err)
			fmt.Fprintln(connection, "ERROR")
			continue
		}
		log.Printf("noted %s", lines.Text())
		fmt.Fprintln(connection, "ACK")
	}
}

// waitUntilAlone returns when no client has been there for long enough, or when told to stop.
func (r *reaper) waitUntilAlone(first, again time.Duration, stop <-chan os.Signal) {
	timer := time.NewTimer(first)
	for {
		select {
		case <-stop:
			return
		case <-timer.C:
			return
		case <-r.changed:
			r.mu.Lock()
			clients := r.clients
			r.mu.Unlock()
			if !timer.Stop() {
				select {
				case <-timer.C:
				default:
				}
			}
			if clients == 0 {
				timer.Reset(again)
			}
		}
	}
}

type engine struct{ http *http.Client }

func (e engine) call(method, path string, query url.Values, into interface{}) error {
	request, err := http.NewRequest(method, "http://engine"+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	answer, err := e.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusNotFound {
		return nil // someone else has removed it
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(body, into)
}

type found struct{ kind, path string }

func (e engine) find(match filters) ([]found, error) {
	encoded, err := json.Marshal(match)
	if err != nil {
		return nil, err
	}
	query := url.Values{"filters": {string(encoded)}, "all": {"1"}}
	var all []found
	var containers, networks, images []struct {
		ID string `json:"Id"`
	}
	var volumes struct{ Volumes []struct{ Name string } }
	if err := e.call("GET", "/containers/json", query, &containers); err != nil {
		return nil, err
	}
	if err := e.call("GET", "/networks", query, &networks); err != nil {
		return nil, err
	}
	if err := e.call("GET", "/volumes", query, &volumes); err != nil {
		return nil, err
	}
	if err := e.call("GET", "/images/json", query, &images); err != nil {
		return nil, err
	}
	for _, one := range containers {
		all = append(all, found{"container", "/containers/" + one.ID})
	}
	for _, one := range networks {
		all = append(all, found{"network", "/networks/" + one.ID})
	}
	for _, one := range volumes.Volumes {
		all = append(all, found{"volume", "/volumes/" + one.Name})
	}
	for _, one := range images {
		all = append(all, found{"image", "/images/" + one.ID})
	}
	return all, nil
}

// sweep removes what matches, and reports how much was left because the engine refused.
func (e engine) sweep(match filters) (removed, left int) {
	all, err := e.find(match)
	if err != nil {
		log.Printf("cannot list: %v", err)
		return 0, 1
	}
	for _, one := range all {
		query := url.Values{"force": {"1"}}
		if one.kind == "container" {
			query.Set("v", "1")
		}
		if err := e.call("DELETE", one.path, query, nil); err != nil {
			log.Printf("cannot remove %s: %v", one.kind, err)
			left++
			continue
		}
		log.Printf("removed %s", one.path)
		removed++
	}
	return removed, left
}

func duration(variable string, otherwise time.Duration) time.Duration {
	if given, err := time.ParseDuration(os.Getenv(variable)); err == nil {
		return given
	}
	return otherwise
}

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	listener, err := net.Listen("tcp", ":8080")
	if err != nil {
		log.Fatal(err)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	e := engine{&http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: time.Minute}}
	if err := e.call("GET", "/version", nil, nil); err != nil {
		log.Fatalf("the engine's socket does not answer: %v", err)
	}
	r := &reaper{notes: map[string]filters{}, changed: make(chan struct{}, 16)}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			r.count(+1)
			go r.serve(connection)
		}
	}()
	log.Printf("Started on %s", listener.Addr())
	r.waitUntilAlone(duration("RYUK_CONNECTION_TIMEOUT", time.Minute),
		duration("RYUK_RECONNECTION_TIMEOUT", 10*time.Second), stop)
	listener.Close()

	r.mu.Lock()
	defer r.mu.Unlock()
	failed := false
	for _, match := range r.notes {
		// A container that was just being created or that still ends holds its networks and volumes: again.
		for try := 0; try < 10; try++ {
			removed, left := e.sweep(match)
			failed = left > 0
			if removed == 0 && left == 0 {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
	}
	if failed {
		log.Fatal("something is left; see above")
	}
	log.Print("all clean")
}
