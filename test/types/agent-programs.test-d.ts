import { describe, expectTypeOf, it } from "vitest";
import type { AgentOptions } from "runfold";
import { LaunchDenied } from "runfold/agents";
import type {
  AcpOptions,
  AcpPermissionPolicy,
  AgentEnding,
  AgentLaunch,
  AgentLibraryOptions,
  AgentOrder,
  AgentProfile,
  AgentProgram,
  PiDialogPolicy,
  PiOptions,
  RecordChild,
  RecordsEnd,
  SkillOffer,
} from "runfold/agents";

describe("what an agent program of one's own is written with", () => {
  it("has a name for everything that it is given and gives back", () => {
    expectTypeOf<Parameters<AgentProgram["launch"]>>().toEqualTypeOf<[order: AgentOrder]>();
    expectTypeOf<ReturnType<AgentProgram["launch"]>>().toEqualTypeOf<Promise<AgentLaunch>>();
    expectTypeOf<Parameters<AgentProgram["converse"]>>().toEqualTypeOf<[child: RecordChild, order: AgentOrder]>();
    expectTypeOf<ReturnType<AgentProgram["converse"]>>().toEqualTypeOf<Promise<AgentEnding>>();
    expectTypeOf<AgentOrder["profile"]>().toEqualTypeOf<AgentProfile>();
    expectTypeOf<RecordChild["closed"]>().toEqualTypeOf<Promise<RecordsEnd>>();
    expectTypeOf(new LaunchDenied("No.")).toExtend<Error>();
  });

  it("has a name for each of the options of agents", () => {
    expectTypeOf<NonNullable<AgentOptions["pi"]>>().toEqualTypeOf<PiOptions>();
    expectTypeOf<NonNullable<AgentOptions["acp"]>[number]>().toExtend<AcpOptions>();
    expectTypeOf<NonNullable<AgentOptions["programs"]>>().toEqualTypeOf<readonly AgentProgram[]>();
    expectTypeOf<NonNullable<AgentOptions["library"]>>().toEqualTypeOf<AgentLibraryOptions>();
    expectTypeOf<NonNullable<AgentOptions["skills"]>>().toEqualTypeOf<readonly SkillOffer[]>();
    expectTypeOf<NonNullable<PiOptions["dialogs"]>>().toEqualTypeOf<PiDialogPolicy>();
    expectTypeOf<NonNullable<AcpOptions["permissions"]>>().toEqualTypeOf<AcpPermissionPolicy>();
  });
});
