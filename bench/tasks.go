// SPDX-License-Identifier: MIT
// Copyright (c) the echod authors
//
// What tasks.c measures, with Go's goroutines, on one processor.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var operations = flag.Int("operations", 500000, "how often each is repeated")
var gathered = flag.Int("gathered", 10000, "goroutines that are joined at once")
var sleepers = flag.Int("sleepers", 100000, "goroutines that sleep at once")

func cpuTime() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

func resident() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	fields := strings.Fields(strings.SplitN(string(text), "VmRSS:", 2)[1])
	kib, err := strconv.Atoi(fields[0])
	if err != nil {
		panic(err)
	}
	return float64(kib) * 1024
}

func printFigure(name string, value float64) {
	fmt.Printf("%-24s%12.1f\n", name, value)
}

func printTime(name string, start float64, operations int) {
	printFigure(name, (cpuTime()-start)/float64(operations))
}

func createAndAwait() {
	start := cpuTime()
	for i := 0; i < *operations; i++ {
		done := make(chan struct{})
		go func() { close(done) }()
		<-done
	}
	printTime("create and await", start, *operations)
}

func join(count int, function func()) {
	var group sync.WaitGroup
	group.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			function()
			group.Done()
		}()
	}
	group.Wait()
}

func takeTurns() {
	start := cpuTime()
	each := *operations / 2
	join(2, func() {
		for i := 0; i < each; i++ {
			runtime.Gosched()
		}
	})
	printTime("turn of a task", start, 2*each)
}

func passItems() {
	queue := make(chan *int, 1)
	done := make(chan struct{})
	start := cpuTime()
	go func() {
		for i := 0; i < *operations; i++ {
			<-queue
		}
		close(done)
	}()
	for i := 0; i < *operations; i++ {
		queue <- operations
	}
	<-done
	printTime("queue put and get", start, *operations)
}

// A channel of one place, since a sync.Mutex does not hand itself over.
func handOver() {
	lock := make(chan struct{}, 1)
	each := *operations / 2
	start := cpuTime()
	join(2, func() {
		for i := 0; i < each; i++ {
			lock <- struct{}{}
			runtime.Gosched()
			<-lock
		}
	})
	printTime("lock hand-over", start, 2*each)
}

func gatherMany() {
	join(*gathered, runtime.Gosched)
	start := cpuTime()
	join(*gathered, runtime.Gosched)
	printTime("gather, a task", start, *gathered)
}

func sleepMany() {
	var group sync.WaitGroup
	before := resident()
	start := cpuTime()
	group.Add(*sleepers)
	for i := 0; i < *sleepers; i++ {
		go func() {
			time.Sleep(time.Second)
			group.Done()
		}()
	}
	runtime.Gosched()
	after := resident()
	group.Wait()
	printTime("sleep, a task", start, *sleepers)
	printFigure("memory, a task", (after-before)/float64(*sleepers))
}

func main() {
	flag.Parse()
	runtime.GOMAXPROCS(1)
	sleepMany()
	createAndAwait()
	takeTurns()
	passItems()
	handOver()
	gatherMany()
}
