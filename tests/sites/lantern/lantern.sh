# Lantern 1.5, as far as it is needed here.
case "$1" in
version) echo "lantern v1.5 (nightly)" ;;
schema) echo '{ "type": "object", "additionalProperties": false, "properties": { "dim": { "type": "boolean" } } }' ;;
validate)
    text=$(cat "$2")
    case "$text" in
    *crash*) echo "lantern: out of oil" >&2; exit 70 ;;
    *attic*) echo '{ "errors": [{ "at": "lamps[0]", "says": "no lamp in the attic" }] }'; exit 1 ;;
    *'"cellar"'*) echo '{ "errors": [{ "at": "lamps.1", "says": "the cellar is dark\nand cold" }] }'; exit 1 ;;
    *prot*) echo '{ "errors": [{ "at": "", "says": "what is \"prot\"?" }] }'; exit 1 ;;
    *LAMP*) [ "${LAMP:-}" = value ] || { echo "{ \"errors\": [{ \"at\": \"\", \"says\": \"LAMP is not set\" }] }"; exit 1; } ;;
    esac ;;
esac
