import { describe, expectTypeOf, it } from "vitest";
import type { CommandOutput, Json } from "runfold";
import type { Jsonified } from "../../src/domain/jsonified.ts";

interface Plain {
  readonly id: number;
  name: "a" | "b";
  note?: string;
  loose?: string | undefined;
  readonly tags: readonly string[];
  inner: { deep: [number, "x"?] | null };
  extra: unknown;
}

interface Tree {
  value: number;
  left?: Tree;
  children: Tree[];
}

interface DatedTree {
  at: Date;
  children: DatedTree[];
}

type Nested = number | Nested[];
type DatedNested = Date | DatedNested[];

/** It holds no more than an error does, and yet is data. */
interface Problem {
  name: string;
  message: string;
}

class Point {
  x = 1;
  y = 2;
  readonly #secret = 3;
  private readonly hidden = 4;
  sum(): number {
    return this.x + this.y + this.#secret + this.hidden;
  }
}

class Money {
  readonly cents = 1n;
  toJSON(): { amount: string; at: Date } {
    return { amount: String(this.cents), at: new Date(0) };
  }
}

describe("what JSON keeps", () => {
  it("are scalars and literals, as they are", () => {
    expectTypeOf<Jsonified<string>>().toEqualTypeOf<string>();
    expectTypeOf<Jsonified<"a" | 5 | true | null>>().toEqualTypeOf<"a" | 5 | true | null>();
    expectTypeOf<Jsonified<boolean>>().toEqualTypeOf<boolean>();
    expectTypeOf<Jsonified<string & { readonly brand: "id" }>>().toEqualTypeOf<string & { readonly brand: "id" }>();
  });

  it("are plain objects, by their own names", () => {
    expectTypeOf<Jsonified<Plain>>().toEqualTypeOf<Plain>();
    expectTypeOf<Jsonified<CommandOutput>>().toEqualTypeOf<CommandOutput>();
    expectTypeOf<Jsonified<Record<string, number>>>().toEqualTypeOf<Record<string, number>>();
    expectTypeOf<Jsonified<Problem>>().toEqualTypeOf<Problem>();
    expectTypeOf<Jsonified<object>>().toEqualTypeOf<object>();
  });

  it("are types that contain themselves", () => {
    expectTypeOf<Jsonified<Tree>>().toEqualTypeOf<Tree>();
    expectTypeOf<Jsonified<Json>>().toEqualTypeOf<Json>();
    expectTypeOf<Jsonified<Nested>>().toEqualTypeOf<Nested>();
    expectTypeOf<Extract<Jsonified<DatedNested>, unknown[]>[number]>().toEqualTypeOf<Jsonified<DatedNested>>();
    expectTypeOf<string | (string | string[])[]>().toExtend<Jsonified<DatedNested>>();
    expectTypeOf<Jsonified<DatedTree>["children"][number]["children"][number]["at"]>().toEqualTypeOf<string>();
  });

  it("are lists and tuples, readonly or not", () => {
    expectTypeOf<Jsonified<number[]>>().toEqualTypeOf<number[]>();
    expectTypeOf<Jsonified<readonly Plain[]>>().toEqualTypeOf<readonly Plain[]>();
    expectTypeOf<Jsonified<readonly [1, string?, ...boolean[]]>>().toEqualTypeOf<readonly [1, string?, ...boolean[]]>();
  });

  it("is what nobody knows", () => {
    expectTypeOf<Jsonified<unknown>>().toBeUnknown();
    expectTypeOf<Jsonified<any>>().toBeAny();
    expectTypeOf<Jsonified<never>>().toBeNever();
    expectTypeOf<Jsonified<{ a: any; at: Date }>>().toEqualTypeOf<{ a: any; at: string }>();
  });
});

describe("what JSON changes", () => {
  it("is nothing at all, which becomes null", () => {
    expectTypeOf<Jsonified<undefined>>().toEqualTypeOf<null>();
    expectTypeOf<Jsonified<void>>().toEqualTypeOf<null>();
    expectTypeOf<Jsonified<"a" | undefined>>().toEqualTypeOf<"a" | null>();
  });

  it("are dates, and all else with a toJSON, which become its result", () => {
    expectTypeOf<Jsonified<Date>>().toEqualTypeOf<string>();
    expectTypeOf<Jsonified<URL>>().toEqualTypeOf<string>();
    expectTypeOf<Jsonified<Money>>().toEqualTypeOf<{ amount: string; at: string }>();
    expectTypeOf<Jsonified<Buffer>>().toEqualTypeOf<{ type: "Buffer"; data: number[] }>();
    expectTypeOf<Jsonified<{ toJSON: () => undefined }>>().toEqualTypeOf<null>();
  });

  it("are properties that may be undefined, which may be absent afterwards", () => {
    expectTypeOf<Jsonified<{ a: number | undefined; b: 1 }>>().toEqualTypeOf<{ a?: number | undefined; b: 1 }>();
    expectTypeOf<Jsonified<{ a: undefined }>>().toEqualTypeOf<{ a?: undefined }>();
    expectTypeOf<Jsonified<{ a?: Date }>["a"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<{ b: 1 }>().toExtend<Jsonified<{ a: Date | undefined; b: 1 }>>();
  });

  it("are elements that may be undefined, which are null afterwards", () => {
    expectTypeOf<Jsonified<(number | undefined)[]>>().toEqualTypeOf<(number | null)[]>();
    expectTypeOf<Jsonified<readonly [Date, undefined]>>().toEqualTypeOf<readonly [string, null]>();
  });

  it("are keys that are symbols, which are left out", () => {
    expectTypeOf<Jsonified<{ [Symbol.toStringTag]: string; a: 1 }>>().toEqualTypeOf<{ a: 1 }>();
  });

  it("is what lies deep inside, and only that", () => {
    expectTypeOf<Jsonified<{ readonly list: { at: Date; plain: Plain }[] }>>().toEqualTypeOf<{
      readonly list: { at: string; plain: Plain }[];
    }>();
  });

  it("is each member of a union for itself", () => {
    expectTypeOf<Jsonified<{ kind: "a"; at: Date } | { kind: "b" } | Date>>().toEqualTypeOf<
      { kind: "a"; at: string } | { kind: "b" } | string
    >();
  });

  it("are instances of classes, of which their own properties stay", () => {
    expectTypeOf<Jsonified<Point>>().toEqualTypeOf<{ x: number; y: number; sum: never }>();
    // @ts-expect-error: it is no instance any more, so it has not what is private to its class.
    expectTypeOf<Jsonified<Point>>().toExtend<Point>();
  });
});

describe("what is refused", () => {
  it("are functions, symbols and bigints", () => {
    expectTypeOf<Jsonified<() => void>>().toBeNever();
    expectTypeOf<Jsonified<typeof Point>>().toBeNever();
    expectTypeOf<Jsonified<symbol>>().toBeNever();
    expectTypeOf<Jsonified<5n>>().toBeNever();
    expectTypeOf<Jsonified<{ a: bigint; b: 1 }>>().toEqualTypeOf<{ a: never; b: 1 }>();
    expectTypeOf<Jsonified<string | (() => void)>>().toEqualTypeOf<string>();
    expectTypeOf<Jsonified<bigint[]>>().toEqualTypeOf<never[]>();
  });

  it("are objects that JSON would empty", () => {
    expectTypeOf<Jsonified<Map<string, number>>>().toBeNever();
    expectTypeOf<Jsonified<ReadonlyMap<Plain, Plain>>>().toBeNever();
    expectTypeOf<Jsonified<Set<Plain>>>().toBeNever();
    expectTypeOf<Jsonified<WeakMap<Plain, 1>>>().toBeNever();
    expectTypeOf<Jsonified<WeakSet<Plain>>>().toBeNever();
    expectTypeOf<Jsonified<Promise<1>>>().toBeNever();
    expectTypeOf<Jsonified<Error>>().toBeNever();
    expectTypeOf<Jsonified<TypeError>>().toBeNever();
    expectTypeOf<Jsonified<RegExp>>().toBeNever();
    expectTypeOf<Jsonified<Uint8Array>>().toBeNever();
    expectTypeOf<Jsonified<BigInt64Array>>().toBeNever();
    expectTypeOf<Jsonified<DataView>>().toBeNever();
    expectTypeOf<Jsonified<ArrayBuffer>>().toBeNever();
    expectTypeOf<Jsonified<{ found: Map<string, number>; n: 1 }>>().toEqualTypeOf<{ found: never; n: 1 }>();
  });
});
