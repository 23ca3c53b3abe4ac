
# Names of the code, where a command wants one: kgrep's index has them. Flags are offered only
# behind a dash, and commands only as the first word.
_kgrep_with_symbols() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" word first="" command=""
    local -a found=()
    # What stands behind `--arch=` is a word of its own to bash.
    [[ "$cur" == = ]] && cur="" && prev="=" && COMP_CWORD=$((COMP_CWORD + 1))
    [[ "$prev" == = && "${COMP_WORDS[COMP_CWORD-2]}" == --* ]] && prev="${COMP_WORDS[COMP_CWORD-2]}"
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$word" in
            COMMANDS) first="$word"; command="$word"; break ;;
            -*) ;;
            *) first="$word"; break ;;
        esac
    done
    case "$prev" in
        --theme|--arch)
            _kgrep_names "$cur" "$prev"
            return 0 ;;
    esac
    case "$command" in
        SYMBOLS)
            case "$prev" in
                --through|--avoid|--body|--all|--dot|--indirect|--trust-tree) ;;
                --no-header|--no-less|--no-pager|--no-config) ;;
                -*) command="" ;;
            esac
            if [[ -n "$command" && "$cur" != -* ]]; then
                _kgrep_names "$cur" "$command"
                [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *_ ]] && compopt -o nospace 2>/dev/null
                return 0
            fi ;;
    esac
    _kgrep "$1" "$cur" "$prev"
    if [[ "$cur" == -* || "$prev" == -* && ${#COMPREPLY[@]} -gt 0 && "${COMPREPLY[0]}" != -* ]]; then
        return 0
    fi
    for word in "${COMPREPLY[@]}"; do
        case "$word" in
            -*|"<"*|"["*) ;;
            *) [[ -n "$first" && -z "$command" ]] || found+=("$word") ;;
        esac
    done
    COMPREPLY=("${found[@]}")
}

# The names that begin with $1 and that $2 takes, as the line takes them.
_kgrep_names() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        printf -v word '%q' "$word"
        COMPREPLY+=("$word")
    done < <(kgrep __complete -- "${1//\\/}" "$2" 2>/dev/null)
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _kgrep_with_symbols -o nosort -o bashdefault -o default kgrep
else
    complete -F _kgrep_with_symbols -o bashdefault -o default kgrep
fi
