declare const brand: unique symbol;

/** A type that must not be mixed with its base: made only by the constructor beside it. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
