/** Takes characters off both ends; undefined where there are none to take. */
export function trimmer(trim: readonly string[]): ((text: string) => string) | undefined {
  const codes = [...new Set(trim.join(''))].map((mark) => mark.charCodeAt(0));
  if (codes.length === 0) return undefined;
  return (text) => {
    let from = 0;
    let to = text.length;
    while (from < to && codes.includes(text.charCodeAt(from))) from += 1;
    while (to > from && codes.includes(text.charCodeAt(to - 1))) to -= 1;
    return to - from === text.length ? text : text.slice(from, to);
  };
}
