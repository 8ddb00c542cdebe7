package main

import (
	"cosmossdk.io/log"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/iavl"
	idb "github.com/cosmos/iavl/db"
	secp "github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"time"
)

func key(i uint32, n int) []byte {
	b := make([]byte, n)
	x := i*0x9E3779B1 ^ 0x5bd1e995
	binary.BigEndian.PutUint32(b, x)
	binary.BigEndian.PutUint32(b[4:], i)
	for k := 8; k+4 <= n; k += 4 {
		x ^= x >> 15
		x *= 0x85ebca6b
		binary.LittleEndian.PutUint32(b[k:], x)
	}
	return b
}
func med(a []float64) string {
	sort.Float64s(a)
	return fmt.Sprintf("%.1f [%.1f-%.1f]", a[len(a)/2], a[0], a[len(a)-1])
}

type v struct{ pk, msg, sig []byte }

func verify(pk, msg, sig []byte) bool {
	pub, err := secp.ParsePubKey(pk)
	if err != nil {
		return false
	}
	var r, s secp.ModNScalar
	r.SetByteSlice(sig[:32])
	s.SetByteSlice(sig[32:])
	if s.IsOverHalfOrder() {
		return false
	}
	h := sha256.Sum256(msg)
	return ecdsa.NewSignature(&r, &s).Verify(h[:], pub)
}
func main() {
	N, _ := strconv.Atoi(os.Args[1])
	dir := os.TempDir() + "/gofloor"
	os.RemoveAll(dir)
	d, err := dbm.NewGoLevelDB("x", dir, nil)
	if err != nil {
		panic(err)
	}
	mk := func(p string) *iavl.MutableTree {
		t := iavl.NewMutableTree(idb.NewWrapper(dbm.NewPrefixDB(d, []byte(p))), 781250, false, log.NewNopLogger())
		t.Load()
		return t
	}
	acc, bank := mk("s/k:acc/"), mk("s/k:bank/")
	r := rand.New(rand.NewSource(1))
	rv := func(n int) []byte { b := make([]byte, n); r.Read(b); return b }
	for i := 0; i < N; i++ {
		acc.Set(key(uint32(i), 21), rv(90))
		bank.Set(key(uint32(i), 26), rv(13))
		if i%100000 == 99999 {
			acc.SaveVersion()
			bank.SaveVersion()
		}
	}
	acc.SaveVersion()
	bank.SaveVersion()
	vs := make([]v, 512)
	for i := range vs {
		p, _ := secp.GeneratePrivateKey()
		m := rv(250)
		h := sha256.Sum256(m)
		s := ecdsa.SignCompact(p, h[:], false)
		vs[i] = v{p.PubKey().SerializeCompressed(), m, s[1:]}
	}
	BT := 2000
	var sg, rd, st, sv, tot []float64
	for b := 0; b < 15; b++ {
		t0 := time.Now()
		for i := 0; i < BT; i++ {
			x := vs[i&511]
			if !verify(x.pk, x.msg, x.sig) {
				panic(1)
			}
		}
		t1 := time.Now()
		am := map[uint32]bool{}
		bm := map[uint32]bool{}
		for i := 0; i < BT; i++ {
			f := uint32(r.Intn(20000))
			to := uint32(r.Intn(N))
			am[f] = true
			bm[f] = true
			bm[to] = true
			acc.Get(key(f, 21))
			bank.Get(key(f, 26))
			bank.Get(key(to, 26))
		}
		t2 := time.Now()
		ks := func(m map[uint32]bool, n int) [][]byte {
			o := make([][]byte, 0, len(m))
			for k := range m {
				o = append(o, key(k, n))
			}
			sort.Slice(o, func(a, b int) bool { return string(o[a]) < string(o[b]) })
			return o
		}
		for _, k := range ks(am, 21) {
			acc.Set(k, rv(90))
		}
		for _, k := range ks(bm, 26) {
			bank.Set(k, rv(13))
		}
		t3 := time.Now()
		acc.SaveVersion()
		bank.SaveVersion()
		t4 := time.Now()
		u := func(a, b time.Time) float64 { return float64(b.Sub(a).Microseconds()) / float64(BT) }
		sg = append(sg, u(t0, t1))
		rd = append(rd, u(t1, t2))
		st = append(st, u(t2, t3))
		sv = append(sv, u(t3, t4))
		tot = append(tot, u(t0, t4))
	}
	fmt.Printf("Go floor N=%d us/tx: sig %s read(3 get) %s set %s SaveVersion %s total %s => TPS %.0f\n", N, med(sg), med(rd), med(st), med(sv), med(tot), 1e6/tot[len(tot)/2])
	d.Close()
	os.RemoveAll(dir)
}
