// pa11y on pages, one browser for all: node pa11y.mjs CHROMIUM URL... prints findings by page as JSON.
import pa11y from "pa11y";
import puppeteer from "puppeteer";

const [executablePath, ...urls] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const found = {};
for (const url of urls) {
  const { issues } = await pa11y(url, { browser, standard: "WCAG2AA", includeWarnings: false, timeout: 120000 });
  found[url] = issues.map((issue) => `pa11y ${issue.code}: ${issue.context}`);
}
await browser.close();
console.log(JSON.stringify(found));
