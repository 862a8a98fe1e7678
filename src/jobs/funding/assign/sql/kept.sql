-- An assignment by its code $1 and version $2.
SELECT a.code, a.version, a.kind, a.cut_on AS day, a.effective_on AS "effectiveOn", a.buyer,
  a.sold, a.price, a.sha256, b.minor_digits AS "minorDigits",
  (SELECT max(version) FROM funding_assignment WHERE code = $1) AS last
FROM funding_assignment a CROSS JOIN book b WHERE a.code = $1 AND a.version = $2
