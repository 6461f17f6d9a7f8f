// Why the signals of a flow abort: one reason for all, for making one takes down a stack each time, and tests stop a flow thousands of times.

export const stopReason = new DOMException('The flow was stopped', 'AbortError');
