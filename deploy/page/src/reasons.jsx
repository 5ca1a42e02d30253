/* reasons.jsx - why: each reason as a sentence, with the numbers that one can recount. */
import { amount, chance, plural, Sentence, Template, Text } from './text.jsx';

const CHANNELS = {
    failed_logins: 'failed logins', error_share: 'errors among the records', signature: 'what looks like an attack',
    new_template: 'kinds of messages that are new', new_failure: 'failures that are new',
    template_count: 'how often a kind of message came', combination: 'what came together', new_value: 'values that are new',
    odd_value: 'values that are odd', rare: 'how many records are unusual', volume: 'how many records came',
    overdue: 'what comes regularly, and did not',
    self: 'how the analyzer itself is doing',
};

function Number({ name, children }) {
    return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Reason({ of }) {
    return (
        <li>
            <p class="sentence"><Sentence of={of.text} template={of.template} /></p>
            {of.template && !of.text.includes(of.template) && <p><Template of={of.template} /></p>}
            <dl class="numbers">
                {of.observed !== undefined && of.observed !== null && (
                    <Number name="seen">{amount(of.observed)}{of.of ? ` of ${amount(of.of)}` : ''}</Number>
                )}
                {of.expected !== undefined && of.expected !== null && <Number name="expected">{amount(of.expected)}</Number>}
                {of.usual_max !== undefined && of.usual_max !== null && <Number name="in 99 of 100 cases up to">{amount(of.usual_max)}</Number>}
                {of.p !== undefined && of.p !== null && <Number name="chance, if all were well">{chance(of.p)}</Number>}
                {of.value !== undefined && of.value !== null && <Number name="value"><code><Text of={of.value} /></code></Number>}
                {of.channel && <Number name="looked at">{CHANNELS[of.channel] ?? <Text of={of.channel.replaceAll('_', ' ')} />}</Number>}
                {of.records_total > 0 && <Number name="points to">{plural(of.records_total, 'line')}</Number>}
            </dl>
        </li>
    );
}

/* New kinds of messages beside the one that the reason names. */
function Templates({ templates, total }) {
    const known = templates.filter((t) => t.text);
    if (known.length < 2) {
        return null;
    }
    return (
        <details class="kinds">
            <summary>{plural(total ?? templates.length, 'new kind')} of messages</summary>
            <ul>{known.map((t) => <li key={t.id}><Template of={t.text} /></li>)}</ul>
            {total > known.length && <p class="none">{plural(total - known.length, 'other', 'others')} cannot be named any more.</p>}
        </details>
    );
}

export function Reasons({ incident }) {
    const reasons = incident.reasons ?? [];
    return (
        <section aria-labelledby="reasons-heading">
            <h2 id="reasons-heading">Why</h2>
            <ol class="reasons">{reasons.map((r, i) => <Reason key={i} of={r} />)}</ol>
            <Templates templates={incident.templates ?? []} total={incident.templates_total} />
        </section>
    );
}
