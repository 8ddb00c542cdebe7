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

// store is a tree that holds entries number first to next-1 of its kind.
type store struct {
	storeProfile
	tree        *iavl.MutableTree
	first, next uint32
}

func (b *bench) existing(s *store) []byte {
	return key(s.first+uint32(b.r.Intn(int(s.next-s.first))), s.KeyLength)
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
	for len(writes) < min(s.Updates, int(s.next-s.first)) {
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
		s := &store{one, b.tree(one.Name), 0, uint32(max(one.Entries, 1))}
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
