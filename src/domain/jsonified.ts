/**
 * What a value is after `JSON.parse(JSON.stringify(value))`, which is how a step's output reaches those that depend on it.
 *
 * A type that JSON keeps as it is comes back as itself, by its own name. `never` stands for what is refused at run time.
 * One thing the types cannot know: a getter of a class looks like a property, but is none of the instance's own, so JSON
 * leaves it out.
 */
export type Jsonified<T> = unknown extends T
  ? T // Of `any` and `unknown` nothing is known, before or after.
  : T extends undefined | void
    ? null
    : T extends Scalar
      ? T
      : T extends { toJSON(...args: never): infer Result }
        ? Jsonified<Result>
        : T extends Refused
          ? never
          : IsError<T> extends true
            ? never
            : [T, Kept<T>] extends [Kept<T>, T]
              ? T
              : T extends readonly unknown[]
                ? JsonifiedList<T>
                : JsonifiedObject<T>;

type Scalar = string | number | boolean | null;

/** `then` tells promises of all makers. */
type Refused =
  | bigint
  | symbol
  | ((...args: never) => unknown)
  | (abstract new (...args: never) => unknown)
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<never, unknown>
  | WeakSet<never>
  | WeakRef<never>
  | ArrayBufferLike
  | ArrayBufferView
  | RegExp
  | { then(...args: never): unknown };

/** Data may well have a name and a message; an error alone has a stack beside them. */
type IsError<T> = T extends Error ? ("stack" extends keyof T ? true : false) : false;

/**
 * A list of any length is written as `[]`, which TypeScript works out only when it is looked at: a list that contains itself
 * without an object in between has no end otherwise.
 */
type JsonifiedList<T extends readonly unknown[]> = T[number][] extends T
  ? T extends unknown[]
    ? Jsonified<T[number]>[]
    : readonly Jsonified<T[number]>[]
  : { [Index in keyof T]: Jsonified<T[Index]> };

/** Properties that may be undefined are left out when they are; symbols are no keys to JSON. */
type JsonifiedObject<T> = Readable<
  {
    [Key in keyof T as Key extends symbol ? never : MayBeAbsent<T, Key> extends true ? never : Key]: Jsonified<T[Key]>;
  } & {
    [Key in keyof T as Key extends symbol ? never : MayBeAbsent<T, Key> extends true ? Key : never]?: Property<T[Key]>;
  }
>;

type Property<Value> = Value extends undefined | void ? undefined : Jsonified<Value>;

/** An unknown value may be undefined too, but as a property it stays as it was declared. */
type MayBeAbsent<T, Key extends keyof T> =
  IsOptional<T, Key> extends true
    ? true
    : unknown extends T[Key]
      ? false
      : [Extract<T[Key], undefined | void>] extends [never]
        ? false
        : true;

// oxlint-disable-next-line typescript/no-empty-object-type -- whether nothing at all would do is just the question
type IsOptional<T, Key extends keyof T> = {} extends Pick<T, Key> ? true : false;

/** One object type instead of an intersection, for whoever hovers over it. */
type Readable<T> = { [Key in keyof T]: T[Key] };

/**
 * The type with `never` in all places that JSON would change, so a type that equals it is kept as it is. It never asks whether
 * one object type fits another, which for a type that contains itself would have no end.
 */
type Kept<T> = T extends readonly unknown[]
  ? T[number][] extends T
    ? T extends unknown[]
      ? KeptValue<T[number]>[]
      : readonly KeptValue<T[number]>[]
    : { [Index in keyof T]: KeptValue<T[Index]> }
  : {
      [Key in keyof T]: Key extends symbol
        ? never
        : IsOptional<T, Key> extends true
          ? T[Key] extends infer Value
            ? Value extends undefined
              ? Value
              : KeptValue<Value>
            : never
          : KeptValue<T[Key]>;
    };

type KeptValue<T> = unknown extends T
  ? T
  : T extends Scalar
    ? T
    : T extends undefined | void | Refused | { toJSON(...args: never): unknown }
      ? never
      : IsError<T> extends true
        ? never
        : Kept<T>;
