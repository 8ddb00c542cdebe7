import { defineErrors } from "../../chain/base/errors.ts";

/** Refusals of module deployment. Numbers are never reused. */
export const deploymentErrors = defineErrors("deployment", {
  notFound: [2, "deployment not found"],
  groupNotFound: [3, "group not found"],
  invalidDseq: [4, "invalid deployment number"],
  closed: [5, "deployment is closed"],
  wrongState: [6, "not possible in this state of the deployment"],
  wrongGroupState: [7, "not possible in this state of the group"],
  invalidGroups: [8, "invalid groups"],
  invalidGroup: [9, "invalid group"],
  limitExceeded: [10, "limit exceeded"],
  invalidHash: [11, "invalid manifest hash"],
  sameHash: [12, "manifest hash does not change"],
  invalidSettings: [13, "invalid settings"],
  invalidDeposit: [14, "invalid deposit"],
  notServed: [15, "not served yet"],
  invalidParams: [16, "invalid parameters of deployment"],
  invalidGenesis: [17, "invalid genesis of deployment"],
  invalidNotices: [18, "invalid notices"],
});
