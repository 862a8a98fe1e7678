/**
 * The register of files read a second time, plainly: nothing is kept but what was seen and done,
 * and every state is found by looking back through all of it.
 */

export interface ModelRule {
  readonly file: string;
  readonly before: string;
  /** `compact` 20260331, or with dashes; then perhaps `-` and digits. */
  readonly isCompact: boolean;
  readonly isNumbered: boolean;
  readonly behind: string;
  readonly control: string | null;
  readonly settle: number;
  readonly hasBy: boolean;
  /** Due on the last day of a month alone. */
  readonly isMonthly: boolean;
  readonly repeats: boolean;
}

export interface ModelFile {
  readonly name: string;
  readonly size: number;
  readonly mtime: string;
  readonly sha256: string;
  readonly says?: { readonly size?: number; readonly sha256?: string };
}

export type Step =
  | { readonly do: 'scan'; readonly at: number; readonly open: string; readonly files: ModelFile[] }
  | { readonly do: 'take' | 'release'; readonly name: string };

export interface Told {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly of: string | null;
  readonly since: number;
  readonly isLate: boolean;
}

type ScanStep = Extract<Step, { do: 'scan' }>;
type Book = Map<string, Told>;

/** The date that a name says under a rule. */
function dateOf(rule: ModelRule, name: string): string | null {
  if (!name.startsWith(rule.before) || !name.endsWith(rule.behind)) return null;
  let middle = name.slice(rule.before.length, name.length - rule.behind.length);
  if (rule.isNumbered) {
    const at = middle.lastIndexOf('-');
    if (at < 0 || !/^\d+$/.test(middle.slice(at + 1))) return null;
    middle = middle.slice(0, at);
  }
  const date = rule.isCompact
    ? `${middle.slice(0, 4)}-${middle.slice(4, 6)}-${middle.slice(6)}`
    : middle;
  const isReal = /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(Date.parse(date));
  return isReal && new Date(date).toISOString().startsWith(date) ? date : null;
}

function ruleOf(rules: readonly ModelRule[], name: string) {
  for (const rule of rules) {
    const date = dateOf(rule, name);
    if (date !== null) return { rule, date };
  }
  return null;
}

/** 06:00 in Shanghai on the day after is 22:00 in UTC on the day itself. */
function byOf(date: string): number {
  return Date.parse(`${date}T22:00:00Z`) / 1000;
}

export class FilesModel {
  readonly #rules: readonly ModelRule[];
  readonly #steps: Step[] = [];
  /** What was told after each scan, by its place among the steps. */
  readonly #told = new Map<number, Book>();

  constructor(rules: readonly ModelRule[]) {
    this.#rules = rules;
  }

  add(step: Step): void {
    this.#steps.push(step);
    if (step.do !== 'scan') return;
    const book: Book = new Map();
    this.#told.set(this.#steps.length - 1, book);
    const here = step.files.filter(({ name }) => !/^\.|(\.part|\.tmp|\.filepart|~)$/.test(name));
    const rank = ({ name }: ModelFile) => `${this.#before(name)?.state === 'ready' ? 0 : 1}${name}`;
    for (const file of [...here].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))) {
      this.#tell(step, book, file);
    }
    for (const name of new Set(this.#scans().flatMap(({ book: past }) => [...past.keys()]))) {
      const before = this.#before(name);
      if (before === undefined || here.some((file) => file.name === name)) continue;
      const since = before.state === 'gone' ? before.since : step.at;
      book.set(name, { name, state: 'gone', reason: null, of: null, since, isLate: false });
    }
  }

  /** What lies in the folder or vanished from it, by name. */
  told(): Told[] {
    const book = this.#scans().at(-1)?.book ?? new Map<string, Told>();
    return [...book.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  missing(): string[] {
    const { step, book } = this.#scans().at(-1)!;
    const names = [...book.values()].filter(({ state }) => state === 'ready');
    const come = [...names, ...this.#taken()].map(({ name }) => ruleOf(this.#rules, name)!);
    return this.#rules
      .filter((rule) => rule.hasBy && step.at >= byOf(step.open))
      .filter((rule) => !rule.isMonthly || step.open.endsWith('-31'))
      .filter(
        ({ file }) => !come.some((each) => each.rule.file === file && each.date === step.open),
      )
      .map(({ file }) => file);
  }

  #scans(): { at: number; step: ScanStep; book: Book }[] {
    return [...this.#told].map(([at, book]) => ({ at, book, step: this.#steps[at] as ScanStep }));
  }

  /** Where in the steps the name was taken last; -1: never. */
  #takenAt(name: string): number {
    return this.#steps.findLastIndex((step) => step.do === 'take' && step.name === name);
  }

  /** All that was told of a name since it was taken, but for the scan that is being told. */
  #past(name: string): { at: number; step: ScanStep; told: Told | undefined }[] {
    const from = this.#takenAt(name);
    return this.#scans()
      .slice(0, -1)
      .filter(({ at }) => at > from)
      .map(({ at, step, book }) => ({ at, step, told: book.get(name) }));
  }

  #before(name: string): Told | undefined {
    return this.#past(name).at(-1)?.told;
  }

  #seen(place: number, name: string): ModelFile | undefined {
    for (let at = place; at >= 0; at -= 1) {
      const step = this.#steps[at]!;
      if (step.do === 'scan') return step.files.find((file) => file.name === name);
    }
    return undefined;
  }

  #taken(): { name: string; sha256: string }[] {
    return this.#steps.flatMap((step, at) =>
      step.do === 'take' ? [{ name: step.name, sha256: this.#seen(at, step.name)!.sha256 }] : [],
    );
  }

  /** The content that may leave quarantine, unless it went back into it. */
  #released(name: string): string | null {
    const at = this.#steps.findLastIndex((step) => step.do === 'release' && step.name === name);
    if (at <= this.#takenAt(name)) return null;
    const again = this.#past(name).some(
      (scan) => scan.at > at && scan.told?.state === 'quarantined',
    );
    return again ? null : this.#seen(at, name)!.sha256;
  }

  #tell(step: ScanStep, book: Book, file: ModelFile): void {
    const { name } = file;
    const found = ruleOf(this.#rules, name);
    const put = (state: string, reason: string | null = null, of: string | null = null) => {
      const before = this.#before(name);
      const same = before?.state === state && before.reason === reason;
      const since = same ? before.since : step.at;
      const date = found?.date ?? '';
      const isPast = found?.rule.hasBy === true && since > byOf(date);
      const isLate = state === 'ready' && (date < step.open || isPast);
      book.set(name, { name, state, reason, of, since, isLate });
    };
    if (found === null) {
      const data = this.#rules.flatMap((rule) =>
        rule.control !== null && name.endsWith(rule.control)
          ? [name.slice(0, name.length - rule.control.length)].filter((of) => dateOf(rule, of))
          : [],
      );
      if (data.length === 0) put('unexpected');
      else if (!step.files.some((other) => other.name === data[0])) put('lone_control');
      return;
    }
    const { rule, date } = found;
    const control = step.files.find((other) => other.name === name + (rule.control ?? ' none'));
    const before = this.#before(name);
    const released = this.#released(name);
    if (before?.state === 'quarantined' && released === null) put('quarantined', before.reason);
    else if (this.#isGrowing(step, rule, file, control)) put('growing');
    else if (rule.control !== null && control === undefined) put('waiting_control');
    else {
      const reason = released === file.sha256 ? null : this.#reason(file, control);
      const holders = [
        ...this.#taken(),
        // In the order in which they were told: those that were ready before come first.
        ...[...book.values()]
          .filter(({ state }) => state === 'ready')
          .map((told) => step.files.find((other) => other.name === told.name)!),
      ];
      const double = holders.find(
        (other) => other.sha256 === file.sha256 && (!rule.repeats || other.name === name),
      );
      if (reason !== null) put('quarantined', reason);
      else if (double !== undefined) put('duplicate', null, double.name);
      else put(date > step.open ? 'early' : 'ready');
    }
  }

  #isGrowing(
    step: ScanStep,
    rule: ModelRule,
    file: ModelFile,
    control: ModelFile | undefined,
  ): boolean {
    // Back to the first scan that saw it so, without one between that did not.
    let first = step.at;
    for (const scan of this.#past(file.name).reverse()) {
      const then = scan.step.files.find(({ name }) => name === file.name);
      if (then === undefined || then.size !== file.size || then.mtime !== file.mtime) break;
      first = scan.step.at;
    }
    const isNew = first === step.at;
    const isEmpty = file.size === 0 && control === undefined;
    const isShort = control?.says?.size !== undefined && file.size < control.says.size;
    return isNew || step.at - first < rule.settle || isEmpty || isShort;
  }

  #reason(file: ModelFile, control: ModelFile | undefined): string | null {
    const says = control?.says ?? {};
    if (says.size !== undefined && says.size !== file.size) return 'control_differs';
    if (says.sha256 !== undefined && says.sha256 !== file.sha256) return 'control_differs';
    const same = this.#taken().filter(({ name }) => name === file.name);
    if (same.length > 0 && !same.some(({ sha256 }) => sha256 === file.sha256)) return 'name_reused';
    const ready = this.#past(file.name).findLast(({ told }) => told?.state === 'ready');
    const then = ready?.step.files.find(({ name }) => name === file.name);
    return then !== undefined && then.sha256 !== file.sha256 ? 'changed_after_ready' : null;
  }
}
