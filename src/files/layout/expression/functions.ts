/** A function of texts; numbers among its arguments come as text. */
export interface TextFunction {
  readonly arguments: number;
  /** Undefined where an argument is no whole number that it takes. */
  apply(args: readonly string[]): string | undefined;
}

const COUNT = /^[0-9]{1,4}$/;

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && COUNT.test(text) ? Number(text) : undefined;
}

/** Characters are code points: half of one is never left. */
function cut(text: string, from: number, to?: number): string {
  return [...text].slice(from, to).join('');
}

/** The functions of expressions by name; `if` is none of them: it leaves one side alone. */
export const TEXT_FUNCTIONS: Readonly<Record<string, TextFunction>> = {
  trim: { arguments: 1, apply: ([text = '']) => text.trim() },
  upper: { arguments: 1, apply: ([text = '']) => text.toUpperCase() },
  lower: { arguments: 1, apply: ([text = '']) => text.toLowerCase() },
  length: { arguments: 1, apply: ([text = '']) => String([...text].length) },
  left: {
    arguments: 2,
    apply([text = '', count]) {
      const most = countOf(count);
      return most === undefined ? undefined : cut(text, 0, most);
    },
  },
  right: {
    arguments: 2,
    apply([text = '', count]) {
      const most = countOf(count);
      return most === undefined ? undefined : cut(text, Math.max([...text].length - most, 0));
    },
  },
  mid: {
    arguments: 3,
    apply([text = '', start, count]) {
      const [from, most] = [countOf(start), countOf(count)];
      if (from === undefined || most === undefined || from === 0) return undefined;
      return cut(text, from - 1, from - 1 + most);
    },
  },
  replace: {
    arguments: 3,
    apply: ([text = '', what = '', by = '']) => (what === '' ? text : text.replaceAll(what, by)),
  },
};
