/** What a rule means that a row broke, and what to do, by the rule's code. */
export type RulePages = Readonly<Record<string, readonly [means: string, toDo: string]>>;
