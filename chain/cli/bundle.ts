// Bundles the compiled command line into build/bundle and leaves the launcher ./leasehold in the
// root. A bundle halves the start-up time; packages with native parts stay outside of it.

import { build } from "esbuild";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const LAUNCHER = `#!/bin/sh
# Made by \`make build\`. Runs the bundled command line of this checkout, on the chain of \`make start\`
# if there is one and LEASEHOLD_HOME names no other home.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if [ -z "\${LEASEHOLD_HOME:-}" ] && [ -d "$here/.leasehold" ]; then
  LEASEHOLD_HOME="$here/.leasehold"
  export LEASEHOLD_HOME
fi
# Young objects of a whole block fit into 64 MB: a third less time in the garbage collector.
exec "\${NODE:-node}" --max-semi-space-size=64 "$here/build/bundle/main.js" "$@"
`;

/** Packages in CommonJS ask for `require`, which a module must make. */
const BANNER = [
  'import { createRequire as __createRequire } from "node:module";',
  "const require = __createRequire(import.meta.url);",
].join(" ");

rmSync(join(ROOT, "build/bundle"), { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: {
    main: "build/chain/cli/main.js",
    signature_worker: "build/chain/node/signature_worker.js",
  },
  outdir: "build/bundle",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: [
    "level",
    "classic-level",
    "secp256k1",
    "fastify",
    "ws",
    "bufferutil",
    "utf-8-validate",
  ],
  banner: { js: BANNER },
  // Not the names: esbuild would give each function its own back whenever it is made, at run time.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: true,
  logLevel: "error",
});
writeFileSync(join(ROOT, "leasehold"), LAUNCHER);
chmodSync(join(ROOT, "leasehold"), 0o755);
