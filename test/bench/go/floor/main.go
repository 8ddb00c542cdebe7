// Command floor does what any Go chain must do for a block, and nothing else: verify signatures, read,
// write sorted sets into IAVL trees over goleveldb, SaveVersion. No SDK code, no decoding, no gas, no
// events, one leaf per entry of a balance where the SDK has two.
//
//	floor -accounts 100000                 bank sends: two trees, three reads, three sets each
//	floor -market profile.json             blocks that read and write what the profile says
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"time"

	"cosmossdk.io/log"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/iavl"
	idb "github.com/cosmos/iavl/db"
)

const (
	blockTxs  = 2000
	keyedSize = 20000
	cacheSize = 781250
)

// key is entry number i of a tree: n bytes, spread over the tree.
func key(i uint32, n int) []byte {
	b := make([]byte, max(n, 8))
	x := i*0x9E3779B1 ^ 0x5bd1e995
	binary.BigEndian.PutUint32(b, x)
	binary.BigEndian.PutUint32(b[4:], i)
	for k := 8; k+4 <= len(b); k += 4 {
		x ^= x >> 15
		x *= 0x85ebca6b
		binary.LittleEndian.PutUint32(b[k:], x)
	}
	return b
}

// summary prints "median [min-max]".
func summary(a []float64) string {
	s := append([]float64(nil), a...)
	sort.Float64s(s)
	return fmt.Sprintf("%.1f [%.1f-%.1f]", s[len(s)/2], s[0], s[len(s)-1])
}

func perTx(from, to time.Time, txs int) float64 {
	return float64(to.Sub(from).Nanoseconds()) / 1e3 / float64(txs)
}

func sorted(keys map[string]bool) []string {
	out := make([]string, 0, len(keys))
	for k := range keys {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// bench is a database with trees and a source of values.
type bench struct {
	db dbm.DB
	r  *rand.Rand
}

func (b *bench) tree(name string) *iavl.MutableTree {
	t := iavl.NewMutableTree(idb.NewWrapper(dbm.NewPrefixDB(b.db, []byte("s/k:"+name+"/"))), cacheSize, false, log.NewNopLogger())
	if _, err := t.Load(); err != nil {
		panic(err)
	}
	return t
}

func (b *bench) value(n int) []byte {
	v := make([]byte, max(n, 1))
	b.r.Read(v)
	return v
}

func (b *bench) fill(t *iavl.MutableTree, entries, keyLen, valueLen int) {
	for i := 0; i < entries; i++ {
		set(t, key(uint32(i), keyLen), b.value(valueLen))
		if i%100000 == 99999 {
			save(t)
		}
	}
	save(t)
}

func set(t *iavl.MutableTree, k, v []byte) {
	if _, err := t.Set(k, v); err != nil {
		panic(err)
	}
}

func get(t *iavl.MutableTree, k []byte) {
	if _, err := t.Get(k); err != nil {
		panic(err)
	}
}

func save(t *iavl.MutableTree) {
	if _, _, err := t.SaveVersion(); err != nil {
		panic(err)
	}
}

// phases gathers what each part of a block took, us per transaction.
type phases struct{ sig, read, set, save, total []float64 }

func (p *phases) add(t [5]time.Time, txs int) {
	p.sig = append(p.sig, perTx(t[0], t[1], txs))
	p.read = append(p.read, perTx(t[1], t[2], txs))
	p.set = append(p.set, perTx(t[2], t[3], txs))
	p.save = append(p.save, perTx(t[3], t[4], txs))
	p.total = append(p.total, perTx(t[0], t[4], txs))
}

func (p *phases) print() {
	fmt.Printf("us/tx: signatures %s, reads %s, sets %s, SaveVersion %s, total %s\n",
		summary(p.sig), summary(p.read), summary(p.set), summary(p.save), summary(p.total))
}

func (b *bench) sends(accounts, blocks, warmup int) *phases {
	acc, bank := b.tree("acc"), b.tree("bank")
	if acc.Version() == 0 {
		b.fill(acc, accounts, 21, 90)
		b.fill(bank, accounts, 26, 13)
	}
	checks := newChecks(b.r)
	p := &phases{}
	for n := -warmup; n < blocks; n++ {
		var t [5]time.Time
		t[0] = time.Now()
		checks.run(blockTxs)
		t[1] = time.Now()
		am, bm := map[string]bool{}, map[string]bool{}
		for i := 0; i < blockTxs; i++ {
			from, to := uint32(b.r.Intn(min(keyedSize, accounts))), uint32(b.r.Intn(accounts))
			am[string(key(from, 21))] = true
			bm[string(key(from, 26))] = true
			bm[string(key(to, 26))] = true
			get(acc, key(from, 21))
			get(bank, key(from, 26))
			get(bank, key(to, 26))
		}
		t[2] = time.Now()
		for _, k := range sorted(am) {
			set(acc, []byte(k), b.value(90))
		}
		for _, k := range sorted(bm) {
			set(bank, []byte(k), b.value(13))
		}
		t[3] = time.Now()
		save(acc)
		save(bank)
		t[4] = time.Now()
		if n >= 0 {
			p.add(t, blockTxs)
		}
	}
	return p
}

func main() {
	accounts := flag.Int("accounts", 100_000, "accounts")
	blocks := flag.Int("blocks", 15, "measured blocks")
	warmup := flag.Int("warmup", 3, "blocks before them")
	profile := flag.String("market", "", "JSON of what a block reads and writes, instead of bank sends")
	dir := flag.String("dir", "", "database folder, gone on with when it is there (default: a new one, removed)")
	flag.Parse()
	folder := *dir
	if folder == "" {
		made, err := os.MkdirTemp("", "floor")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(made)
		folder = made
	}
	db, err := dbm.NewGoLevelDB("floor", filepath.Clean(folder), nil)
	if err != nil {
		panic(err)
	}
	defer db.Close()
	b := &bench{db, rand.New(rand.NewSource(1))}
	if *profile != "" {
		b.market(*profile, *blocks, *warmup).print()
		return
	}
	b.sends(*accounts, *blocks, *warmup).print()
}
