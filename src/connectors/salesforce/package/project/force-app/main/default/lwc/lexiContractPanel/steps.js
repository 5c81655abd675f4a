const NOT_YET = 'Not yet';

/** Icons of the states of a step, with their text for screen readers. */
const ICONS = {
    done: { icon: 'utility:success', variant: 'success', state: 'Done' },
    waiting: { icon: 'utility:clock', variant: undefined, state: 'In progress' },
    failed: { icon: 'utility:error', variant: 'error', state: 'Failed' },
    skipped: { icon: 'utility:skip', variant: undefined, state: 'Skipped' },
    open: { icon: 'utility:dash', variant: undefined, state: NOT_YET }
};

/**
 * Builds the four steps of an Opportunity in LexiContract. A step has a label, a text, and optionally the time when it was done
 * (`at`), the time of the next attempt (`nextAt`), the reason for a failure with what to do (`problem`), and the reason for a skipped
 * step (`reason`).
 */
export function steps(progress) {
    return [received(progress), contract(progress), analysed(progress), written(progress)].map((step) => ({
        ...step,
        ...ICONS[step.kind]
    }));
}

/** True if LexiContract knows the Opportunity. */
export function isKnown(progress) {
    return Boolean(progress?.delivery || progress?.contract);
}

function received({ delivery, contract: found }) {
    const label = 'Received';
    if (delivery) {
        return { label, kind: 'done', at: delivery.received_at };
    }
    return found ? { label, kind: 'done', text: 'Earlier' } : { label, kind: 'open', text: 'Not sent yet' };
}

function contract({ delivery, contract: found }) {
    const label = 'Contract';
    const attempt = lastAttempt(delivery);
    if (attempt) {
        return { label, ...attempt, text: found?.title ?? attempt.text };
    }
    if (found) {
        return { label, kind: 'done', text: found.title, at: found.created_at };
    }
    // A delivery ends without a contract if the Opportunity does not match the trigger rule.
    return delivery?.status === 'done' && delivery.error
        ? { label, kind: 'skipped', text: 'Skipped', reason: delivery.error }
        : { label, kind: 'open', text: NOT_YET };
}

/** What is left to do for a delivery. Undefined if nothing is left to do. */
function lastAttempt(delivery) {
    switch (delivery?.status) {
        case 'accepted':
            return {
                kind: 'waiting',
                text: 'LexiContract is about to read the files',
                nextAt: delivery.attempts > 0 ? delivery.next_attempt_at : undefined,
                problem: delivery.error ? `${delivery.error} LexiContract retries automatically.` : undefined
            };
        case 'processing':
            return { kind: 'waiting', text: 'LexiContract is reading the files' };
        case 'parked':
            return {
                kind: 'waiting',
                text: 'Waiting',
                problem:
                    'LexiContract has lost its connection to Salesforce, or the connection is paused. An admin must reconnect or resume it in LexiContract; the review then continues automatically.'
            };
        case 'failed':
            return { kind: 'failed', text: 'Failed', problem: `${delivery.error} Then choose Send again.` };
        default:
            return undefined;
    }
}

function analysed({ contract: found, file, analysis }) {
    const label = 'Analysed';
    if (found && !file) {
        const problem = 'The Opportunity has no file that can be used. Attach the contract under Files, then choose Send again.';
        return { label, kind: 'failed', text: 'No file', problem };
    }
    switch (analysis?.status) {
        case 'queued':
        case 'running':
            return { label, kind: 'waiting', text: 'In progress' };
        case 'completed':
            return { label, kind: 'done', at: analysis.completed_at };
        case 'failed':
            return { label, kind: 'failed', text: 'Failed', problem: analysis.error };
        default:
            return { label, kind: 'open', text: NOT_YET };
    }
}

function written({ sync }) {
    const label = 'Status';
    switch (sync?.status) {
        case 'pending':
            return { label, kind: 'waiting', text: 'About to be written', problem: sync.last_error };
        case 'synced':
            return { label, kind: 'done', text: `“${sync.last_synced_value}” written`, at: sync.last_synced_at };
        case 'failed':
            return { label, kind: 'failed', text: 'Not written', problem: sync.last_error };
        case 'idle':
            return { label, kind: 'open', text: 'Written after the first change of the status in LexiContract' };
        default:
            return { label, kind: 'open', text: NOT_YET };
    }
}
