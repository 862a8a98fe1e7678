/** Letters whose case is folded, as person_key of the database does; a test holds both equal. */
const UPPER =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÞÐĐŁŒ' +
  'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣςΤΥΦΧΨΩ' +
  'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ';
const LOWER =
  'abcdefghijklmnopqrstuvwxyzæøþðđłœ' +
  'αβγδεζηθικλμνξοπρσστυφχψω' +
  'абвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ';
const FOLDED = new Map([...UPPER].map((letter, at) => [letter, [...LOWER][at]!]));

const INVISIBLE = /[\u00AD\u200B-\u200D\u2060\uFEFF]/gu;
const BLANKS = /[\t-\r \u0085\u1680\u2028\u2029]+/gu;

/**
 * What names are compared by: compatibility forms (full width), case and blanks do not count. Case
 * is folded by a list, since a locale of the database server may not have what ours has.
 */
export function personKey(name: string): string {
  const folded = [...name.normalize('NFKD')].map((letter) => FOLDED.get(letter) ?? letter).join('');
  return folded.normalize('NFKC').replace(INVISIBLE, '').replace(BLANKS, ' ').replace(/^ | $/g, '');
}

export function isSamePerson(one: string, other: string): boolean {
  return personKey(one) === personKey(other);
}
