# Names of the code, where a command wants one: kgrep's index has them.
(( $+functions[_kgrep_symbols] )) ||
_kgrep_symbols() {
    local -a names beginnings
    names=(${(f)"$(kgrep __complete -- "$PREFIX" 2>/dev/null)"})
    beginnings=(${(M)names:#*_})
    names=(${names:#*_})
    compadd -S '' -- $beginnings
    compadd -- $names
}
