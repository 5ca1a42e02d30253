/* text.jsx - how a text that somebody else wrote is shown. Log lines, names and templates
 * are the attacker's: they become text nodes, never markup, and what a reader would not
 * see (control characters, marks that turn the direction of writing, characters without
 * width) is shown as a symbol in their place. */

/* C0 and C1 controls; soft hyphen; marks without width and marks of direction; line and
 * paragraph separators; tags; and marks upon marks, which would cover the lines around.
 * Variation selectors are left alone (emoji). */
const UNSEEN =
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{M}{9,}/gu;

function symbol(c) {
    const code = c.codePointAt(0);
    if (/^\p{M}{9}/u.test(c)) {
        return `<${c.length} marks>`;
    }
    if (code < 0x20) {
        return String.fromCodePoint(0x2400 + code);
    }
    if (code === 0x7f) {
        return '\u2421';
    }
    return `<${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

function name(c) {
    const code = c.codePointAt(0);
    return code === 0x1b ? 'escape' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/* For where only a string can stand: names of controls, options, titles. */
export function plain(text) {
    return String(text ?? '').replace(UNSEEN, symbol);
}

/* The text as nodes; the symbols are marked so that nobody takes them for the text's own. */
function pieces(text) {
    const out = [];
    let from = 0;
    for (const match of text.matchAll(UNSEEN)) {
        if (match.index > from) {
            out.push(text.slice(from, match.index));
        }
        out.push(<span class="unseen" title={name(match[0])}>{symbol(match[0])}</span>);
        from = match.index + match[0].length;
    }
    out.push(text.slice(from));
    return out;
}

const SHOWN_MAX = 1000; // characters of a name, a sentence, a template

/* The beginning of a text that is too long to be read, and how long it is. */
function bounded(text) {
    return text.length <= SHOWN_MAX ? [text, null]
        : [`${text.slice(0, SHOWN_MAX)}…`, <span class="cut"> ({count(text.length)} characters)</span>];
}

/* A text in a run of ours: isolated, so that its direction of writing cannot leave it. */
export function Text({ of, whole = false }) {
    const [text, rest] = whole ? [String(of ?? ''), null] : bounded(String(of ?? ''));
    return <><bdi>{pieces(text)}</bdi>{rest}</>;
}

/* The variable parts of a template, "*" and "<*>", are marked, and said to who listens. */
export function Template({ of }) {
    const out = [], [text, rest] = bounded(String(of ?? ''));
    for (const part of text.split(/(<\*>|\*)/)) {
        if (part === '*' || part === '<*>') {
            out.push(
                <span class="variable">
                    <span aria-hidden="true">{part}</span>
                    <span class="only-heard"> (any text) </span>
                </span>,
            );
        } else if (part) {
            out.push(...pieces(part));
        }
    }
    return <code class="template"><bdi dir="ltr">{out}</bdi>{rest}</code>;
}

/* A sentence of the analyzer's: what stands in quotes and is a template, or looks like one,
 * is set as one. */
export function Sentence({ of, template }) {
    const text = String(of ?? '');
    for (const quoted of template ? [`'${template}'`, `"${template}"`] : []) {
        const at = text.indexOf(quoted);
        if (at >= 0) {
            return <><Text of={text.slice(0, at)} /><Template of={template} /><Text of={text.slice(at + quoted.length)} /></>;
        }
    }
    const guess = /^(.*?(?:: | of |first |^))'(.*)'([^']*)$/s.exec(text);
    if (guess) {
        return <><Text of={guess[1]} /><Template of={guess[2]} /><Text of={guess[3]} /></>;
    }
    return <Text of={text} />;
}

const count_format = new Intl.NumberFormat('en');
const short_format = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export function count(n) {
    return count_format.format(n);
}

export function amount(n) {
    return Number.isInteger(n) ? count(n) : short_format.format(n);
}

export function plural(n, one, many = `${one}s`) {
    return `${count(n)} ${n === 1 ? one : many}`;
}

export function bytes(n) {
    if (n < 1024) {
        return plural(n, 'byte');
    }
    return n < 1048576 ? `${short_format.format(n / 1024)} KiB` : `${short_format.format(n / 1048576)} MiB`;
}

/* A chance in words: 0.00002 is "1 in 50,000". */
export function chance(p) {
    if (!(p > 0)) {
        return 'practically none';
    }
    const one_in = 1 / p;
    if (one_in < 1.5) {
        return 'ordinary';
    }
    if (one_in >= 1e12) {
        return 'less than 1 in a trillion';
    }
    for (const [unit, word] of [[1e9, 'billion'], [1e6, 'million']]) {
        if (one_in >= unit) {
            return `1 in ${short_format.format(Number((one_in / unit).toPrecision(2)))} ${word}`;
        }
    }
    return `1 in ${count(Number(one_in.toPrecision(2)))}`;
}

/* Severity, 0..1, as a word and as a number that never claims to be 1. 0.8 is one ordinary
 * batch in a thousand; each step from word to word is about three more noughts. */
export function severity_level(s) {
    return s >= 0.9985 ? 3 : s >= 0.96 ? 2 : 1;
}

const WORDS = ['', 'unusual', 'very unusual', 'extremely unusual'];
export function severity_word(s) {
    return WORDS[severity_level(s)];
}

export function severity_number(s) {
    if (s >= 0.9995) {
        return '0.999+';
    }
    const digits = s >= 0.99 ? 3 : 2, by = 10 ** digits;
    return (Math.floor(s * by) / by).toFixed(digits); // never more than it is
}

/* --- times --- */

const day_format = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const year_format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const clock_format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const second_format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const exact_format = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit',
    second: '2-digit', timeZoneName: 'short',
});

export function day(t) {
    const d = new Date(t);
    return Math.abs(Date.now() - d) < 300 * 86400e3 ? day_format.format(d) : year_format.format(d);
}

export function clock(t) {
    return clock_format.format(new Date(t));
}

export function clock_seconds(t) {
    return second_format.format(new Date(t));
}

function same_day(a, b) {
    return new Date(a).toDateString() === new Date(b).toDateString();
}

/* "16:59" today, else with the day. */
export function moment(t) {
    return same_day(t, Date.now()) ? clock(t) : `${day(t)}, ${clock(t)}`;
}

export function span(from, to) {
    if (clock(from) === clock(to) && same_day(from, to)) {
        return moment(from);
    }
    return same_day(from, to) ? `${moment(from)} to ${clock(to)}` : `${moment(from)} to ${moment(to)}`;
}

export function exact(t) {
    return `${exact_format.format(new Date(t))} (${t})`;
}

/* How long, roughly: "3 s", "12 min", "6 h", "3 days". */
export function duration(ms) {
    const s = Math.max(0, Math.round(ms / 1000));
    if (s < 90) {
        return `${s} s`;
    }
    if (s < 90 * 60) {
        return `${Math.round(s / 60)} min`;
    }
    return s < 36 * 3600 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} days`;
}

export function ago(t) {
    const ms = Date.now() - new Date(t);
    return ms < -2000 ? `${duration(-ms)} ahead of this clock` : `${duration(ms)} ago`;
}

/* A time in words, the exact one when pointed at. */
export function Time({ at, words }) {
    return <time datetime={at} title={exact(at)}>{words ?? moment(at)}</time>;
}
