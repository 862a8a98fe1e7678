import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';

/** A name with places: `{yyyymmdd}` or `{date}`, a real date and there once, and `{n}`, digits. */
export interface NamePattern {
  readonly text: string;
  /** The date stands in the first group. */
  readonly pattern: RegExp;
}

const PLACES: Readonly<Record<string, string>> = {
  '{yyyymmdd}': '([0-9]{8})',
  '{date}': '([0-9]{4}-[0-9]{2}-[0-9]{2})',
  '{n}': '[0-9]+',
};
const IS_DATE = /^\{(?:yyyymmdd|date)\}$/;

/** Why a text is no pattern of names; undefined where it is one. */
export function faultOfName(text: string): string | undefined {
  const places = text.match(/\{[^{}]*\}|[{}]/g) ?? [];
  if (places.some((place) => PLACES[place] === undefined)) {
    return 'must have no other places than {yyyymmdd}, {date} and {n}';
  }
  if (places.filter((place) => IS_DATE.test(place)).length !== 1) {
    return 'must have {yyyymmdd} or {date}, once';
  }
  if (/[/\\]/.test(text)) return 'must be a name, without a folder';
  return isUnderWay(text) ? 'must be no name of a transfer under way' : undefined;
}

/** Of a text without a fault. */
export function namePattern(text: string): NamePattern {
  const parts = text.split(/(\{[^{}]*\})/);
  const source = parts.map((part) => PLACES[part] ?? escaped(part)).join('');
  return { text, pattern: new RegExp(`^${source}$`, 'u') };
}

/** The business date that a name says; undefined where it fits not, or the date is none. */
export function dateInName({ pattern }: NamePattern, name: string): EpochDay | undefined {
  const digits = pattern.exec(name)?.[1]?.replaceAll('-', '');
  if (digits === undefined) return undefined;
  return parseDay(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`);
}

/** Names that a sender gives to what it is still writing: they are not looked at. */
export function isUnderWay(name: string): boolean {
  return name.startsWith('.') || /(?:\.part|\.tmp|\.filepart|~)$/.test(name);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
