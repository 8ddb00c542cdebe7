// The embedded engine passes the acceptance suite of the published CosmJS packages.

import { acceptance } from "../support/acceptance.ts";
import { startTestNode } from "../support/node.ts";

acceptance("CosmJS on the embedded engine", startTestNode).run();
