// Sentences and numbers in the language of the page.

export class Words {
  constructor(texts, language) {
    this.texts = texts;
    this.use(language);
  }

  use(language) {
    this.language = this.texts[language] ? language : "en";
    this.locale = this.language === "fr" ? "fr-FR" : "en-US";
    document.documentElement.lang = this.language;
  }

  t(key, values) {
    const [group, ...rest] = key.split(".");
    const text = this.texts[this.language][group]?.[rest.join(".")];
    if (text === undefined) return rest.join(".").replaceAll("_", " ");
    return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
  }

  n(value, digits = 0) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    return new Intl.NumberFormat(this.locale, { maximumFractionDigits: digits, minimumFractionDigits: 0 }).format(value);
  }

  short(value, digits = 3) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    return new Intl.NumberFormat(this.locale, { maximumSignificantDigits: digits }).format(value);
  }

  signed(value, digits = 0) {
    const text = this.n(Math.abs(value), digits);
    return value > 0 ? `+${text}` : value < 0 ? `−${text}` : text;
  }

  share(value, digits = 0) {
    return new Intl.NumberFormat(this.locale, { style: "percent", maximumFractionDigits: digits }).format(value);
  }

  month(text) {
    const [year, month] = text.split("-").map(Number);
    return new Intl.DateTimeFormat(this.locale, { month: "short", year: "numeric", timeZone: "UTC" }).format(
      new Date(Date.UTC(year, month - 1, 1)),
    );
  }

  // A number of the model with its unit, as a person says it.
  value(value, number) {
    const name = number.name;
    if (/_share$|_rate$|_rate_per_year$|_prob_per_month$/.test(name)) {
      const per = name.endsWith("_per_year") ? (this.language === "fr" ? " par an" : " a year") : name.endsWith("_per_month") ? (this.language === "fr" ? " par mois" : " a month") : "";
      return this.share(value, 2) + per;
    }
    if (/_factor$|_ratio$|_index$/.test(name)) return `× ${this.short(value, 4)}`;
    return number.unit === "1" ? this.short(value, 4) : `${this.short(value, 6)} ${number.unit}`;
  }
}
