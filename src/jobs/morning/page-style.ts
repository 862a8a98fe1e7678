/** A page that fits a screen, a telephone and a sheet of A4. */
export const STYLE = `*{box-sizing:border-box}
body{font:14px/1.45 system-ui,"Noto Sans CJK SC",sans-serif;margin:0;color:#1b2733;
background:#f5f7f9}
header{padding:18px 24px 4px}h1{font-size:22px;margin:0}header p{margin:2px 0;color:#52606d}
main{padding:8px 24px 32px;max-width:1280px}
section{background:#fff;border:1px solid #dde3e8;border-radius:6px;padding:12px 16px;margin:14px 0}
section.red{border-color:#a3231b;border-width:2px}section.red h2{color:#a3231b}
.clear{color:#23704a;font-weight:600}
h2{font-size:16px;margin:0 0 8px}
svg{display:block;width:100%;height:auto;font-size:12px;fill:#1b2733}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:10px}
.tile{background:#fff;border:1px solid #dde3e8;border-radius:6px;padding:8px 10px;min-width:0}
.tile b{display:block;font-weight:500;color:#52606d;font-size:12px}
.tile .v{display:block;font-size:16px;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.tile small{color:#52606d;overflow-wrap:anywhere}.tile.red{border:2px solid #a3231b}
.tile.red .v{color:#a3231b}.tile .spark{height:28px}
table{border-collapse:collapse;width:100%;margin-top:8px;font-size:12px}
th,td{border-bottom:1px solid #e6eaee;padding:3px 5px;text-align:left;vertical-align:top;
overflow-wrap:anywhere}
th{color:#52606d;font-weight:500}
th.n{text-align:right}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal}
td.c{font-family:ui-monospace,monospace;font-size:11px;color:#52606d}
@media (max-width:700px){main,header{padding-left:10px;padding-right:10px}
thead{display:none}table,tbody,tr,td{display:block}
tr{border-bottom:2px solid #dde3e8;padding:4px 0}
td,td.n{border:0;text-align:right;padding:1px 0;display:flex;justify-content:space-between;
gap:10px}td::before{content:attr(data-t);color:#52606d;text-align:left;flex:none;max-width:45%}}
@page{size:A4 landscape;margin:10mm}
@media print{body{background:#fff;font-size:10px}main,header{padding:0;max-width:none}
section{border:0;padding:0}thead{display:table-header-group}tr,.tile,svg{break-inside:avoid}
h2{break-after:avoid}}`;
