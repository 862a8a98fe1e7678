import type { Place, ValueKind } from './command-tree.js';

/** `file`, `folder`, `any`, or words parted by bars. */
function kindText(kind: ValueKind): string {
  return typeof kind === 'string' ? kind : kind.join('|');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `--out=file --by=any --json`: what a shell parts at blanks. */
function optionsText({ options }: Place): string {
  return options
    .flatMap(({ names, value }) =>
      names.map((name) => (value === undefined ? name : `${name}=${kindText(value)}`)),
    )
    .join(' ');
}

function argumentsText(place: Place): string {
  return [...place.arguments.map(kindText), ...(place.isRepeating ? ['...'] : [])].join(' ');
}

/** A `case` a place that sets what may follow: `list` writes words parted by blanks. */
function cases(
  places: readonly Place[],
  wordsOf: (place: Place) => string,
  list: (text: string) => string,
): string {
  return places
    .map((place) => {
      const words = wordsOf(place);
      const parts = [
        ...(words === '' ? [] : [`subs=${words}`]),
        `options=${list(optionsText(place))}`,
        ...(place.arguments.length === 0 ? [] : [`args=${list(argumentsText(place))}`]),
      ];
      return `    ${quoted(place.path)}) ${parts.join(' ')} ;;`;
    })
    .join('\n');
}

/** Reads nothing but the words of the line; works without the package bash-completion. */
export function bashScript(places: readonly Place[]): string {
  const names = ({ words }: Place) =>
    words.length === 0 ? '' : quoted(words.map(({ name }) => name).join(' '));
  return `# Completes command lines of loanbook: source it in bash.
_loanbook_place() {
  subs= options= args=
  case $1 in
${cases(places, names, quoted)}
  esac
}
_loanbook_add() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@")
}
_loanbook_value() {
  case $1 in
    file) compopt -o filenames 2>/dev/null; _loanbook_add -f -- "$2" ;;
    folder) compopt -o filenames 2>/dev/null; _loanbook_add -d -- "$2" ;;
    any | '') ;;
    *) _loanbook_add -W "\${1//|/ }" -- "$2" ;;
  esac
}
_loanbook() {
  local IFS=$' \t\n' cur=\${COMP_WORDS[COMP_CWORD]}
  local subs options args line= value= word item found= at=0 i
  COMPREPLY=()
  _loanbook_place ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [ "$word" = = ]; then continue; fi
    if [ -n "$value" ]; then value=; continue; fi
    case $word in
      -*) for item in $options; do
        case $item in "$word="*) value=\${item#*=} ;; esac
      done ;;
      *) case " $subs " in
        *" $word "*) line="\${line:+$line }$word"; _loanbook_place "$line" ;;
        *) at=$((at + 1)) ;;
      esac ;;
    esac
  done
  if [ "$cur" = = ]; then cur=; fi
  if [ -n "$value" ]; then _loanbook_value "$value" "$cur"; return; fi
  case $cur in
    -*) for item in $options; do found="$found \${item%%=*}"; done
      _loanbook_add -W "$found" -- "$cur"
      return ;;
  esac
  if [ -n "$subs" ]; then _loanbook_add -W "$subs" -- "$cur"; return; fi
  for item in $args; do
    if [ "$item" = ... ]; then found=$value; break; fi
    value=$item
    if [ "$at" -eq 0 ]; then found=$value; break; fi
    at=$((at - 1))
  done
  _loanbook_value "$found" "$cur"
}
complete -F _loanbook loanbook
`;
}

/** For a folder of `fpath`, under the name `_loanbook`, or to be sourced behind `compinit`. */
export function zshScript(places: readonly Place[]): string {
  const described = ({ words }: Place) => {
    const each = words.map(({ name, summary }) => quoted(`${name}:${summary}`));
    return each.length === 0 ? '' : `(${each.join(' ')})`;
  };
  const list = (text: string) => `(${text.split(' ').map(quoted).join(' ')})`;
  return `#compdef loanbook
# Completes command lines of loanbook: in a folder of fpath as _loanbook, or sourced.
_loanbook_place() {
  subs=() options=() args=()
  case $1 in
${cases(places, described, list)}
  esac
}
_loanbook_value() {
  case $1 in
    file) _files ;;
    folder) _files -/ ;;
    any | '') _message 'value' ;;
    *) compadd -- \${(s:|:)1} ;;
  esac
}
_loanbook() {
  local line= value= word item found= at=0 i
  local -a subs options args
  _loanbook_place ''
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $value ]]; then value=; continue; fi
    case $word in
      --*=*) ;;
      -*) for item in $options; do
        if [[ $item == "$word="* ]]; then value=\${item#*=}; fi
      done ;;
      *) if [[ -n \${(M)subs:#$word:*} ]]; then
        line="\${line:+$line }$word"
        _loanbook_place "$line"
      else
        at=$((at + 1))
      fi ;;
    esac
  done
  word=\${words[CURRENT]}
  if [[ -z $value && $word == --*=* ]]; then
    for item in $options; do
      if [[ $item == "\${word%%=*}="* ]]; then value=\${item#*=}; fi
    done
    compset -P '*='
  fi
  if [[ -n $value ]]; then _loanbook_value $value; return; fi
  if [[ $word == -* ]]; then compadd -- \${options%%=*}; return; fi
  if (( \${#subs} )); then _describe command subs; return; fi
  for item in $args; do
    if [[ $item == ... ]]; then found=$value; break; fi
    value=$item
    if (( at == 0 )); then found=$value; break; fi
    at=$((at - 1))
  done
  _loanbook_value "$found"
}
if [[ $funcstack[1] == _loanbook ]]; then _loanbook "$@"; else compdef _loanbook loanbook; fi
`;
}
