/**
 * pg asks where it runs as soon as it is loaded: of `navigator`, and where there is none, by making
 * a `Response`, for which Node.js loads all of fetch. That was 5 MB and 60 ms of a close. Later
 * versions than 20 have the object themselves and say the same. To be imported before pg.
 */
if (!('navigator' in globalThis)) {
  const [major] = process.versions.node.split('.');
  Object.defineProperty(globalThis, 'navigator', {
    configurable: true,
    value: { userAgent: `Node.js/${major}` },
  });
}
