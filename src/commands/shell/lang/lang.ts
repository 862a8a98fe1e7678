import { ZH } from './zh/index.js';

export const LANGS = ['en', 'zh'] as const;
/** What people read is in; codes, keys, numbers and files are the same in both. */
export type Lang = (typeof LANGS)[number];

/** `--lang`, else the first of LC_ALL, LC_MESSAGES and LANG that says something. */
export function langOf(
  asked: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Lang {
  const named = asked ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || '');
  return /^zh(?![a-z])/i.test(named) ? 'zh' : 'en';
}

/** The option of a line that is not parsed yet: its error is told in that language too. */
export function langIn(args: readonly string[]): string | undefined {
  const at = args.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='));
  return args[at] === '--lang' ? args[at + 1] : args[at]?.slice('--lang='.length);
}

/**
 * A text in that language. The English one is its own key: what nobody has put into the other
 * language yet is shown as it is.
 */
export function say(lang: Lang, english: string): string {
  return lang === 'zh' ? (ZH.get(english) ?? english) : english;
}
