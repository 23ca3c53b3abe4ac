
# Names of the code, where a command wants one: kgrep's index has them.
_kgrep_with_symbols() {
    local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" word wants=""
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case "$word" in
            def|refs|callers|callees|chain|trace) wants=1; break ;;
            -*) ;;
            *) break ;;
        esac
    done
    case "$prev" in
        --through|--avoid|--body|--all|--dot|--indirect|--trust-tree) ;;
        --no-header|--no-less|--no-pager|--no-config) ;;
        -*) wants="" ;;
    esac
    if [[ -n "$wants" && "$cur" != -* ]]; then
        local IFS=$'\n'
        COMPREPLY=($(kgrep __complete -- "$cur" 2>/dev/null))
        if [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *_ ]]; then
            compopt -o nospace 2>/dev/null
        fi
        [[ ${#COMPREPLY[@]} -gt 0 ]] && return 0
    fi
    _kgrep "$@"
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _kgrep_with_symbols -o nosort -o bashdefault -o default kgrep
else
    complete -F _kgrep_with_symbols -o bashdefault -o default kgrep
fi
