package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sort"
	"strings"
	"time"

	"cosmossdk.io/log"
	"cosmossdk.io/store"
	pruningtypes "cosmossdk.io/store/pruning/types"
	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/spf13/cobra"
)

const benchChain = "gonode-bench"

// nodeOptions are the values that a node's default app.toml gives.
func nodeOptions(chainID string) []func(*baseapp.BaseApp) {
	return []func(*baseapp.BaseApp){
		baseapp.SetChainID(chainID),
		baseapp.SetPruning(pruningtypes.NewPruningOptions(pruningtypes.PruningDefault)),
		baseapp.SetInterBlockCache(store.NewCommitKVStoreCacheManager()),
		baseapp.SetIAVLCacheSize(781250),
		baseapp.SetIAVLDisableFastNode(false),
		baseapp.SetIAVLSyncPruning(false),
	}
}

func openDB(dir string) (dbm.DB, error) {
	return dbm.NewDB("application", dbm.GoLevelDBBackend, filepath.Join(dir, "data"))
}

// summary prints "median [min-max]".
func summary(v []float64) string {
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	return fmt.Sprintf("%.1f [%.1f-%.1f]", s[len(s)/2], s[0], s[len(s)-1])
}

func median(v []float64) float64 {
	s := append([]float64(nil), v...)
	sort.Float64s(s)
	return s[len(s)/2]
}

func perTx(d time.Duration, n int) float64 {
	return float64(d.Nanoseconds()) / 1e3 / float64(max(n, 1))
}

func procLine(file, key string) string {
	raw, _ := os.ReadFile(file)
	for _, l := range strings.Split(string(raw), "\n") {
		if strings.HasPrefix(l, key) {
			return strings.Join(strings.Fields(l), " ")
		}
	}
	return ""
}

// sender makes signed bank sends with sequences that assume that each one is delivered.
type sender struct {
	r     *rand.Rand
	n     int
	fee   sdk.Coins
	gas   uint64
	keys  []*secp256k1.PrivKey
	seqs  []uint64
	chain string
}

func newSender(chain string, n int, fee sdk.Coins) *sender {
	s := &sender{r: rand.New(rand.NewSource(7)), n: n, fee: fee, gas: 200_000, chain: chain}
	for i := 0; i < min(n, keyed); i++ {
		s.keys = append(s.keys, accountKey(i))
	}
	s.seqs = make([]uint64, len(s.keys))
	return s
}

func (s *sender) tx(from int) ([]byte, error) {
	msg := banktypes.NewMsgSend(accountAddress(from), accountAddress(s.r.Intn(s.n)), sdk.NewCoins(sdk.NewInt64Coin(denom, 1+int64(s.r.Intn(1000)))))
	bz, err := txSpec{ChainID: s.chain, Number: uint64(from), Sequence: s.seqs[from], Fee: s.fee, Gas: s.gas, Msgs: []sdk.Msg{msg}}.sign(s.keys[from])
	s.seqs[from]++
	return bz, err
}

// block returns n signed transactions of n different senders.
func (s *sender) block(n int) ([][]byte, error) {
	if n > len(s.keys) {
		return nil, fmt.Errorf("%d transactions a block need as many accounts with keys, have %d", n, len(s.keys))
	}
	out := make([][]byte, 0, n)
	for _, from := range s.r.Perm(len(s.keys))[:n] {
		bz, err := s.tx(from)
		if err != nil {
			return nil, err
		}
		out = append(out, bz)
	}
	return out, nil
}

type timing struct {
	finalize, commit time.Duration
	res              *abci.ResponseFinalizeBlock
}

// run finalizes and commits one block; every transaction must succeed.
func (c *chain) run(txs [][]byte) (timing, error) {
	req := c.request(txs)
	t0 := time.Now()
	res, err := c.FinalizeBlock(req)
	if err != nil {
		return timing{}, err
	}
	t1 := time.Now()
	if _, err = c.Commit(); err != nil {
		return timing{}, err
	}
	t2 := time.Now()
	c.height++
	return timing{t1.Sub(t0), t2.Sub(t1), res}, nil
}

func allOK(res *abci.ResponseFinalizeBlock) error {
	for i, r := range res.TxResults {
		if r.Code != 0 {
			return fmt.Errorf("tx %d: code %d %s", i, r.Code, r.Log)
		}
	}
	return nil
}

type benchFlags struct {
	accounts, blocks, txs, warmup, check int
	fee                                  int64
	genesis, dir, profile                string
	warm, both, reopen, keep             bool
}

func benchCmd() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use: "bench", Short: "time FinalizeBlock and Commit of blocks of bank sends, in process", Args: cobra.NoArgs, Annotations: plain,
		RunE: func(*cobra.Command, []string) error {
			if f.genesis == "check" {
				return checkFiller(f)
			}
			return bench(f)
		},
	}
	fl := cmd.Flags()
	fl.IntVar(&f.accounts, "accounts", 100_000, "accounts with a balance")
	fl.IntVar(&f.blocks, "blocks", 20, "measured blocks")
	fl.IntVar(&f.txs, "txs", 2000, "transactions a block")
	fl.IntVar(&f.warmup, "warmup", 3, "blocks run before the measured ones")
	fl.IntVar(&f.check, "check", 2, "rounds of CheckTx measured first, each of --txs transactions")
	fl.Int64Var(&f.fee, "fee", 1000, "fee of each transaction in stake; 0 pays none")
	fl.StringVar(&f.genesis, "genesis", "filler", "how the accounts get in: filler (keepers, inside InitChain), json (auth and bank genesis) or check (both, compare the app hash)")
	fl.StringVar(&f.dir, "dir", "", "database folder (default: a new one under the temporary folder)")
	fl.StringVar(&f.profile, "profile", "", "write a CPU profile of the measured blocks here")
	fl.BoolVar(&f.warm, "warm", false, "CheckTx each block's transactions before the block, untimed, as a node would have")
	fl.BoolVar(&f.both, "both", false, "blocks in turns without and with CheckTx before them; --blocks of each")
	fl.BoolVar(&f.reopen, "reopen", true, "close and reopen the database after genesis, so that caches start cold as after a restart")
	fl.BoolVar(&f.keep, "keep", false, "keep the database folder")
	return cmd
}

func genesisBytes(a *App, f benchFlags) ([]byte, error) {
	if f.genesis == "json" {
		balances := make([]balance, f.accounts)
		coins := sdk.NewCoins(sdk.NewInt64Coin(denom, startCoin))
		for i := range balances {
			balances[i] = balance{accountAddress(i), coins}
		}
		return a.appState(validatorKey(), balances, filler{})
	}
	return a.appState(validatorKey(), nil, filler{Accounts: f.accounts, Denom: denom, Amount: startCoin})
}

// checkFiller tells whether both kinds of genesis give the same app hash.
func checkFiller(f benchFlags) error {
	var hashes [2][]byte
	for i, kind := range []string{"filler", "json"} {
		f.genesis = kind
		c := newChain(NewApp(log.NewNopLogger(), dbm.NewMemDB(), nil, true, nodeOptions(benchChain)...), benchChain)
		state, err := genesisBytes(c.App, f)
		if err != nil {
			return err
		}
		if err := c.initChain(state); err != nil {
			return err
		}
		t, err := c.run(nil)
		if err != nil {
			return err
		}
		hashes[i] = t.res.AppHash
		fmt.Printf("%-6s app hash at height 1: %X\n", kind, t.res.AppHash)
	}
	if !bytes.Equal(hashes[0], hashes[1]) {
		return fmt.Errorf("app hashes differ")
	}
	return nil
}

func bench(f benchFlags) error {
	dir := f.dir
	if dir == "" {
		d, err := os.MkdirTemp("", "gonode-bench")
		if err != nil {
			return err
		}
		dir = d
		if !f.keep {
			defer os.RemoveAll(d)
		}
	}
	fmt.Printf("# accounts %d, blocks %d x %d txs, fee %d, genesis %s, warm %v, reopen %v | %s, GOMAXPROCS %d | load %s\n",
		f.accounts, f.blocks, f.txs, f.fee, f.genesis, f.warm, f.reopen, runtime.Version(), runtime.GOMAXPROCS(0), procLine("/proc/loadavg", ""))
	db, err := openDB(dir)
	if err != nil {
		return err
	}
	open := func() *chain {
		return newChain(NewApp(log.NewNopLogger(), db, nil, true, nodeOptions(benchChain)...), benchChain)
	}
	c := open()
	if c.height == 0 {
		t0 := time.Now()
		state, err := genesisBytes(c.App, f)
		if err != nil {
			return err
		}
		t1 := time.Now()
		if err := c.initChain(state); err != nil {
			return err
		}
		t2 := time.Now()
		b, err := c.run(nil)
		if err != nil {
			return err
		}
		fmt.Printf("genesis: state of %.1f MB made in %.1f s; InitChain %.1f s; block 1 (writes the genesis to the trees and to disk): FinalizeBlock %.1f s, Commit %.1f s; %s\n",
			float64(len(state))/1e6, t1.Sub(t0).Seconds(), t2.Sub(t1).Seconds(), b.finalize.Seconds(), b.commit.Seconds(), procLine("/proc/self/status", "VmHWM"))
		if f.reopen {
			if err := c.Close(); err != nil {
				return err
			}
			c = nil
			runtime.GC()
			if db, err = openDB(dir); err != nil {
				return err
			}
			t0 := time.Now()
			c = open()
			fmt.Printf("reopen at height %d: %.2f s\n", c.height, time.Since(t0).Seconds())
		}
	}
	// Right after a start the check state has height 0, which the ante handler takes for
	// genesis (account number 0 in sign bytes); one block puts that right.
	if _, err := c.run(nil); err != nil {
		return err
	}

	fee := sdk.NewCoins()
	if f.fee > 0 {
		fee = sdk.NewCoins(sdk.NewInt64Coin(denom, f.fee))
	}
	s := newSender(benchChain, f.accounts, fee)
	ctx := c.NewUncachedContext(true, c.header())
	for i := range s.seqs {
		s.seqs[i] = c.accounts.GetAccount(ctx, accountAddress(i)).GetSequence()
	}

	var check []float64
	for k := 0; k < f.check; k++ {
		saved := append([]uint64(nil), s.seqs...)
		txs, err := s.block(f.txs)
		if err != nil {
			return err
		}
		t0 := time.Now()
		if err := c.checkAll(txs); err != nil {
			return err
		}
		check = append(check, perTx(time.Since(t0), f.txs))
		s.seqs = saved // these transactions are dropped; the empty block resets the check state
		if _, err := c.run(nil); err != nil {
			return err
		}
	}

	if f.both {
		f.blocks, f.warmup = 2*f.blocks, 2*((f.warmup+1)/2)
	}
	blocks := make([][][]byte, f.warmup+f.blocks)
	t0 := time.Now()
	size := 0
	for i := range blocks {
		if blocks[i], err = s.block(f.txs); err != nil {
			return err
		}
		for _, tx := range blocks[i] {
			size += len(tx)
		}
	}
	fmt.Printf("signing: %.1f us/tx, %d bytes/tx\n", perTx(time.Since(t0), f.txs*len(blocks)), size/f.txs/len(blocks))

	var fin, com, tot, warmCheck []float64
	var kinds [2][]float64 // us per transaction of blocks without and with CheckTx before them
	var gas int64
	for i, txs := range blocks {
		if i == f.warmup {
			runtime.GC()
			if f.profile != "" {
				out, err := os.Create(f.profile)
				if err != nil {
					return err
				}
				defer out.Close()
				if err := pprof.StartCPUProfile(out); err != nil {
					return err
				}
				defer pprof.StopCPUProfile()
			}
		}
		warm := f.warm || f.both && i%2 == 1
		if warm {
			t0 := time.Now()
			if err := c.checkAll(txs); err != nil {
				return err
			}
			warmCheck = append(warmCheck, perTx(time.Since(t0), f.txs))
		}
		t, err := c.run(txs)
		if err != nil {
			return err
		}
		if err := allOK(t.res); err != nil {
			return fmt.Errorf("block %d: %w", c.height, err)
		}
		gas = t.res.TxResults[0].GasUsed
		if i >= f.warmup {
			fin = append(fin, perTx(t.finalize, f.txs))
			com = append(com, perTx(t.commit, f.txs))
			tot = append(tot, perTx(t.finalize+t.commit, f.txs))
			kind := 0
			if warm {
				kind = 1
			}
			kinds[kind] = append(kinds[kind], tot[len(tot)-1])
		}
	}
	var empty []float64
	for k := 0; k < 5; k++ {
		t, err := c.run(nil)
		if err != nil {
			return err
		}
		empty = append(empty, (t.finalize+t.commit).Seconds()*1e3)
	}
	fmt.Printf("per block us/tx: %s\n", strings.Trim(fmt.Sprintf("%.0f", tot), "[]"))
	if len(check) > 0 {
		fmt.Printf("CheckTx        %s us/tx\n", summary(check))
	}
	if len(warmCheck) > 0 {
		fmt.Printf("CheckTx (warm) %s us/tx\n", summary(warmCheck))
	}
	for i, name := range []string{"unseen", "seen"} {
		if len(kinds[i]) > 0 {
			fmt.Printf("%-14s %s us/tx\n", name, summary(kinds[i]))
		}
	}
	fmt.Printf("FinalizeBlock  %s us/tx\nCommit         %s us/tx\ntotal          %s us/tx => %.0f TPS (best block %.0f)\n",
		summary(fin), summary(com), summary(tot), 1e6/median(tot), 1e6/minOf(tot))
	fmt.Printf("gas per send %d; empty block %s ms; height %d; app hash %X\n%s | load %s\n", gas, summary(empty), c.height, c.LastCommitID().Hash,
		procLine("/proc/self/status", "VmHWM"), procLine("/proc/loadavg", ""))
	return c.Close()
}

func minOf(v []float64) float64 {
	m := v[0]
	for _, x := range v {
		m = min(m, x)
	}
	return m
}

func (c *chain) checkAll(txs [][]byte) error {
	for i, tx := range txs {
		res, err := c.CheckTx(&abci.RequestCheckTx{Tx: tx, Type: abci.CheckTxType_New})
		if err != nil {
			return err
		}
		if res.Code != 0 {
			return fmt.Errorf("CheckTx %d: code %d %s", i, res.Code, res.Log)
		}
	}
	return nil
}
