# Names of the code, where a command wants one: kgrep's index has them.
(( $+functions[_kgrep_symbols] )) ||
_kgrep_symbols() {
    local -a names beginnings
    local command="${curcontext##*kgrep-command-}"
    names=(${(f)"$(kgrep __complete -- "$PREFIX" "${command%%:*}" 2>/dev/null)"})
    beginnings=(${(M)names:#*_})
    names=(${names:#*_})
    compadd -S '' -- $beginnings
    compadd -- $names
}

# The architectures of the tree around the current folder.
(( $+functions[_kgrep_archs] )) ||
_kgrep_archs() {
    compadd -- ${(f)"$(kgrep __complete -- "$PREFIX" --arch 2>/dev/null)"}
}

# The first word: a command, else a pattern or what -s and -e leave to be said.
(( $+functions[_kgrep_first] )) ||
_kgrep_first() {
    if (( $+opt_args[-s] + $+opt_args[--show] )); then
        _message 'selectors'
    elif (( $+opt_args[-e] + $+opt_args[--regexp] + $+opt_args[-f] + $+opt_args[--file] )); then
        _files
    else
        _kgrep_commands || _default
    fi
}
