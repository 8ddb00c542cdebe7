// The oracle of the tree: runs histories on cosmos/iavl and checks proofs with ics23.
//
// One JSON object a line on stdin, one a line on stdout. A history carries its operations one by
// one; nothing is drawn here, so that what both sides did can be read in the line.
//
//	in  {"initial": 1, "versions": [[["key","value"],["key",null]], ...],
//	     "claims": [{"version": 1, "key": "..", "value": ".."|null, "proof": ".."}]}
//	out {"roots": ["..", ...], "claims": ["" | reason, ...], "proofs": ["..", ...]}
//
// All bytes in hex. A claim holds when ics23 accepts its proof against our root of that version;
// `proofs` are iavl's own proofs of the claims, for comparison byte by byte.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/cosmos/iavl"
	idb "github.com/cosmos/iavl/db"
	ics23 "github.com/cosmos/ics23/go"
)

type claim struct {
	Version int     `json:"version"`
	Key     string  `json:"key"`
	Value   *string `json:"value"`
	Proof   string  `json:"proof"`
}

type history struct {
	Initial  uint64         `json:"initial"`
	Versions [][][2]*string `json:"versions"`
	Claims   []claim        `json:"claims"`
}

type answer struct {
	Roots  []string `json:"roots"`
	Claims []string `json:"claims"`
	Proofs []string `json:"proofs"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func unhex(text string) []byte {
	bytes, err := hex.DecodeString(text)
	check(err)
	return bytes
}

// write applies one version's operations and commits it.
func write(tree *iavl.MutableTree, ops [][2]*string) []byte {
	for _, op := range ops {
		if op[1] == nil {
			_, _, err := tree.Remove(unhex(*op[0]))
			check(err)
			continue
		}
		_, err := tree.Set(unhex(*op[0]), unhex(*op[1]))
		check(err)
	}
	root, _, err := tree.SaveVersion()
	check(err)
	return root
}

// judge says why ics23 refuses the claim; "" when it accepts.
func judge(c claim, root []byte) string {
	var proof ics23.CommitmentProof
	if err := proof.Unmarshal(unhex(c.Proof)); err != nil {
		return "does not decode: " + err.Error()
	}
	if c.Value == nil {
		if ics23.VerifyNonMembership(ics23.IavlSpec, root, &proof, unhex(c.Key)) {
			return ""
		}
		return "absence refused"
	}
	if ics23.VerifyMembership(ics23.IavlSpec, root, &proof, unhex(c.Key), unhex(*c.Value)) {
		return ""
	}
	return "presence refused"
}

// prove gives iavl's own proof of a key; "" where it has none (an empty tree).
func prove(tree *iavl.MutableTree, version int64, key []byte) string {
	view, err := tree.GetImmutable(version)
	check(err)
	if view.Size() == 0 {
		return ""
	}
	proof, err := view.GetProof(key)
	check(err)
	bytes, err := proof.Marshal()
	check(err)
	return hex.EncodeToString(bytes)
}

func run(h history) answer {
	initial := h.Initial
	if initial == 0 {
		initial = 1
	}
	tree := iavl.NewMutableTree(idb.NewMemDB(), 1000, true, iavl.NewNopLogger(), iavl.InitialVersionOption(initial))
	out := answer{Roots: []string{}, Claims: []string{}, Proofs: []string{}}
	roots := [][]byte{}
	for _, ops := range h.Versions {
		root := write(tree, ops)
		roots = append(roots, root)
		out.Roots = append(out.Roots, hex.EncodeToString(root))
	}
	for _, c := range h.Claims {
		out.Claims = append(out.Claims, judge(c, roots[c.Version-int(initial)]))
		out.Proofs = append(out.Proofs, prove(tree, int64(c.Version), unhex(c.Key)))
	}
	return out
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var h history
		check(json.Unmarshal(in.Bytes(), &h))
		line, err := json.Marshal(run(h))
		check(err)
		fmt.Fprintln(out, string(line))
	}
	check(in.Err())
}
