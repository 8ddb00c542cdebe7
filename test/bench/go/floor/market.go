package main

import (
	"encoding/json"
	"os"
	"sort"
	"time"

	"github.com/cosmos/iavl"
)

// storeProfile is what one block does to one store (see test/bench/counts.ts).
type storeProfile struct {
	Name                                            string
	Entries, KeyLength, ValueLength                 int
	Reads, Walks, Walked, Updates, Inserts, Deletes int
}

type profile struct {
	Txs, Verifies int
	Stores        []storeProfile
}

// op is a write: a nil value deletes.
type op struct{ key, value []byte }

const (
	// lifeBlocks is how long an entry that the load makes is looked at: a life is seven blocks.
	lifeBlocks = 7
	// calmEntries are the ones that the load looks at in a tree to which it adds none: two for each
	// account with a key.
	calmEntries = 40000
)

// store is a tree. The load touches entries first to next-1: those that it made itself, as ours does,
// and not the many that lie there; they are what the node cache holds.
type store struct {
	storeProfile
	tree             *iavl.MutableTree
	first, next, hot uint32
}

func newStore(p storeProfile, t *iavl.MutableTree) *store {
	entries := uint32(max(p.Entries, 1))
	hot := uint32(calmEntries)
	if p.Inserts > 0 {
		hot = uint32(lifeBlocks * p.Inserts)
	}
	hot = min(hot, entries)
	return &store{p, t, entries - hot, entries, hot}
}

func (b *bench) existing(s *store) []byte {
	from := max(s.first, s.next-min(s.hot, s.next))
	return key(from+uint32(b.r.Intn(int(s.next-from))), s.KeyLength)
}

// reads does the block's point reads and walks.
func (b *bench) reads(s *store) {
	for i := 0; i < s.Reads; i++ {
		get(s.tree, b.existing(s))
	}
	rest := s.Walked
	for i := 0; i < s.Walks; i++ {
		it, err := s.tree.Iterator(b.existing(s), nil, true)
		if err != nil {
			panic(err)
		}
		for n := (rest + s.Walks - i - 1) / (s.Walks - i); n > 0 && it.Valid(); n-- {
			rest--
			it.Next()
		}
		it.Close()
	}
}

// ops are the block's writes, sorted: updates of entries that are there, new ones, the oldest deleted.
func (b *bench) ops(s *store) []op {
	writes := map[string][]byte{}
	for len(writes) < min(s.Updates, int(min(s.hot, s.next-s.first))) {
		writes[string(b.existing(s))] = b.value(s.ValueLength)
	}
	for i := 0; i < s.Inserts; i++ {
		writes[string(key(s.next, s.KeyLength))] = b.value(s.ValueLength)
		s.next++
	}
	for i := 0; i < s.Deletes; i++ {
		writes[string(key(s.first, s.KeyLength))] = nil
		s.first++
	}
	out := make([]op, 0, len(writes))
	for k, v := range writes {
		out = append(out, op{[]byte(k), v})
	}
	sort.Slice(out, func(i, j int) bool { return string(out[i].key) < string(out[j].key) })
	return out
}

// market runs blocks with the reads and writes of a profile.
func (b *bench) market(file string, blocks, warmup int) *phases {
	raw, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	var prof profile
	if err := json.Unmarshal(raw, &prof); err != nil {
		panic(err)
	}
	var stores []*store
	for _, one := range prof.Stores {
		s := newStore(one, b.tree(one.Name))
		b.fill(s.tree, int(s.next), one.KeyLength, one.ValueLength)
		stores = append(stores, s)
	}
	checks := newChecks(b.r)
	p := &phases{}
	for n := -warmup; n < blocks; n++ {
		var t [5]time.Time
		t[0] = time.Now()
		checks.run(prof.Verifies)
		t[1] = time.Now()
		for _, s := range stores {
			b.reads(s)
		}
		t[2] = time.Now()
		for _, s := range stores {
			for _, w := range b.ops(s) {
				if w.value != nil {
					set(s.tree, w.key, w.value)
				} else if _, _, err := s.tree.Remove(w.key); err != nil {
					panic(err)
				}
			}
		}
		t[3] = time.Now()
		for _, s := range stores {
			save(s.tree)
		}
		t[4] = time.Now()
		if n >= 0 {
			p.add(t, prof.Txs)
		}
	}
	return p
}
