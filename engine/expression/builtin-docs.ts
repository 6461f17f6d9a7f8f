// What JSONata's built-in functions take and do, and what the variables of a flow hold: for people who write expressions.

export interface FunctionDoc {
  /** The call with its parameters; those in brackets may be left out. */
  readonly call: string;
  readonly about: string;
}

/** By name, in the order in which they are documented. */
export const builtinDocs: Readonly<Record<string, FunctionDoc>> = docsOf(`
string(value[, prettify]) | The value as a text: texts as they are, anything else as JSON.
length(text) | The number of characters.
substring(text, start[, length]) | The characters from \`start\` (the first is 0; negative counts from the end), at most \`length\` of them.
substringBefore(text, chars) | What stands before the first \`chars\`; all of the text when they are not in it.
substringAfter(text, chars) | What stands behind the first \`chars\`; all of the text when they are not in it.
uppercase(text) | The text in upper case.
lowercase(text) | The text in lower case.
trim(text) | The text without white space at both ends, and with a single blank for every run of it inside.
pad(text, width[, char]) | The text made \`width\` long with blanks or \`char\` behind it, before it when \`width\` is negative.
contains(text, pattern) | Whether the text holds another, or a regular expression matches.
split(text, separator[, limit]) | The parts between the separators, a text or a regular expression.
join(texts[, separator]) | All texts of a list as one.
match(text, regex[, limit]) | Every match of a regular expression: \`match\`, \`index\`, \`groups\`.
replace(text, pattern, replacement[, limit]) | The text with every \`pattern\` (text or regular expression) replaced; \`$1\` stands for a group.
eval(text[, context]) | What the text comes to as a JSONata expression.
base64encode(text) | The text in base 64.
base64decode(text) | The text that stands in base 64.
encodeUrlComponent(text) | The text as a part of a URL, every special character escaped.
encodeUrl(text) | The text as a whole URL, what is no URL character escaped.
decodeUrlComponent(text) | What \`$encodeUrlComponent\` made, back again.
decodeUrl(text) | What \`$encodeUrl\` made, back again.
number(value) | The number that a text or truth value stands for; an error when it stands for none.
abs(number) | The number without its sign.
floor(number) | The next whole number down.
ceil(number) | The next whole number up.
round(number[, precision]) | The nearest number with so many digits behind the point; halves go to the even one.
power(base, exponent) | The base to the power of the exponent.
sqrt(number) | The square root.
random() | A number from 0 to less than 1, another each time.
formatNumber(number, picture[, options]) | The number as a text by a picture such as \`#,##0.00\`.
formatBase(number[, radix]) | The number as a text in another base, 2 to 36.
formatInteger(number, picture) | The number as a text by a picture such as \`w\` (words), \`I\` (Roman) or \`#,##0\`.
parseInteger(text, picture) | The number that a text made by such a picture stands for.
sum(numbers) | All numbers of a list together.
max(numbers) | The greatest number of a list.
min(numbers) | The least number of a list.
average(numbers) | The mean of a list of numbers.
boolean(value) | Whether the value is something: not \`false\`, 0, empty or nothing.
not(value) | The opposite of \`$boolean\`.
exists(value) | Whether there is such a value at all.
count(list) | The number of items; 1 for a single value, 0 for nothing.
append(list, list) | The items of both lists.
sort(list[, function]) | The items in order; \`function($a, $b)\` says whether \`$a\` comes after \`$b\`.
reverse(list) | The items the other way round.
shuffle(list) | The items in random order.
distinct(list) | Each item once.
zip(list, list, …) | The first items together, the second items together, and so on.
keys(object) | The names of the fields; of a list of objects each name once.
lookup(object, name) | The field with this name.
spread(object) | An object per field.
merge(objects) | All fields of a list of objects in one; of equal names the last.
sift(object, function) | The fields for which \`function($value, $name, $object)\` is true.
each(object, function) | What \`function($value, $name)\` makes of each field, as a list.
error([message]) | Fails with this message.
assert(condition[, message]) | Fails with this message unless the condition is true.
type(value) | \`null\`, \`number\`, \`string\`, \`boolean\`, \`array\`, \`object\` or \`function\`.
now([picture[, timezone]]) | The time now as a text, the same within one evaluation.
millis() | The time now in milliseconds since 1970, the same within one evaluation.
fromMillis(milliseconds[, picture[, timezone]]) | A time as a text: ISO 8601 in UTC, or by a picture such as \`[Y0001]-[M01]-[D01]\`.
toMillis(text[, picture]) | The time that a text stands for, in milliseconds since 1970.
map(list, function) | What \`function($value, $index, $list)\` makes of each item.
filter(list, function) | The items for which \`function($value, $index, $list)\` is true.
single(list[, function]) | The one item for which the function is true; an error when there are none or several.
reduce(list, function[, init]) | One value made of all: \`function($before, $value)\` for each item.
clone(object) | A copy of the object.
`);

/** What `$name` holds in every expression of a flow. */
export const bindingDocs: Readonly<Record<string, string>> = {
  headers: 'The headers of the message, by name.',
  key: 'The key of the message, when its source gave it one.',
  id: 'The id of the message: unique per accepted message; parts of a split have `<id>.<index>`.',
  flow: 'The name of the flow.',
  accepted: 'When the message was accepted, as an ISO 8601 text in UTC.',
  attempt: 'Which try this is, from 1.',
};

function docsOf(table: string): Readonly<Record<string, FunctionDoc>> {
  const lines = table.trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [call = '', about = ''] = line.split(' | ');
      return [call.slice(0, call.indexOf('(')), { call: `$${call}`, about }];
    }),
  );
}
