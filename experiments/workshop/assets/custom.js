// Solara's page names no language and forbids zooming; screen readers need the one and weak eyes the other.
document.documentElement.lang = new URLSearchParams(location.search).get("lang") === "fr" ? "fr" : "en";
document.querySelector("meta[name=viewport]")?.setAttribute("content", "width=device-width, initial-scale=1");
