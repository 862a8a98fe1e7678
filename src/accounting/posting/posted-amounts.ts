/** The sides that one unit of a movement posts, by account code; debit positive. */
export type Legs = ReadonlyMap<string, number>;

/** Movements that post alike, and how much of them was posted. */
export interface PostedAmount<Rule> {
  readonly rules: readonly Rule[];
  readonly amount: bigint;
}

/**
 * What must have moved for the accounts to have moved as they did: each kind of posting has an
 * account of its own, by which its amount is read, and all of them together must give every
 * account's movement again. Undefined where they do not, or where an account of its own is lacking:
 * then the postings cannot be told apart.
 */
export function postedAmounts<Rule>(
  moved: ReadonlyMap<string, bigint>,
  rules: readonly Rule[],
  legsOf: (rule: Rule) => Legs,
): PostedAmount<Rule>[] | undefined {
  const alike = new Map<string, { rules: Rule[]; legs: Legs }>();
  for (const rule of rules) {
    const legs = legsOf(rule);
    if (legs.size === 0) continue;
    const key = JSON.stringify([...legs].sort());
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { rules: [rule], legs });
    else known.rules.push(rule);
  }
  const kinds = [...alike.values()];
  const rest = new Map(moved);
  const found: PostedAmount<Rule>[] = [];
  for (const { rules: own, legs } of kinds) {
    const account = [...legs.keys()].find(
      (code) =>
        legs.get(code) !== 0 && !kinds.some((other) => other.legs !== legs && other.legs.has(code)),
    );
    if (account === undefined) {
      if ([...legs.keys()].every((code) => !moved.has(code))) continue;
      return undefined;
    }
    const amount = (moved.get(account) ?? 0n) / BigInt(legs.get(account)!);
    for (const [code, sign] of legs) rest.set(code, (rest.get(code) ?? 0n) - BigInt(sign) * amount);
    if (amount !== 0n) found.push({ rules: own, amount });
  }
  return [...rest.values()].every((amount) => amount === 0n) ? found : undefined;
}
