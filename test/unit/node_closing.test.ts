import { test } from "uvu";
import * as assert from "uvu/assert";
import { closeAll } from "../../chain/node/foundation.ts";

test("everything is closed, last opened first, whatever fails on the way", async () => {
  const closed: string[] = [];
  const closer = (name: string, failure?: string) => async (): Promise<void> => {
    closed.push(name);
    if (failure !== undefined) throw new Error(failure);
  };
  const closers = [closer("disk"), closer("socket", "second"), closer("door", "first")];
  let thrown: unknown;
  await closeAll(closers).catch((error: unknown) => (thrown = error));
  assert.equal(closed, ["door", "socket", "disk"]);
  assert.is((thrown as Error).message, "first");
});

test.run();
