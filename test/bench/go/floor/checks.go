package main

import (
	"crypto/sha256"
	"math/rand"

	secp "github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// check is one signature over 250 bytes, about what the sign bytes of a bank send are.
type check struct{ pk, msg, sig []byte }

type checks []check

func newChecks(r *rand.Rand) checks {
	out := make(checks, 512)
	for i := range out {
		p, err := secp.GeneratePrivateKey()
		if err != nil {
			panic(err)
		}
		m := make([]byte, 250)
		r.Read(m)
		h := sha256.Sum256(m)
		s := ecdsa.SignCompact(p, h[:], false)
		out[i] = check{p.PubKey().SerializeCompressed(), m, s[1:]}
	}
	return out
}

// run verifies n signatures as the SDK does without its C library: key parsed, low S asked.
func (c checks) run(n int) {
	for i := 0; i < n; i++ {
		x := c[i%len(c)]
		if !verify(x.pk, x.msg, x.sig) {
			panic("a good signature was refused")
		}
	}
}

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
