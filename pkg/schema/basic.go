package schema

// The types of plain values. They are never changed. Like checks they are variables
// and not pointers: so tables in other packages refer to them without code that runs
// at start-up.
var (
	AnyText    = Type{Kind: TextKind, What: "text"}
	Boolean    = Type{Kind: BooleanKind, What: "true or false"}
	TextList   = Type{Kind: ListKind, What: "a list of texts", Elem: &AnyText}
	Natural    = Type{Kind: IntegerKind, What: "a whole number", Max: 1<<31 - 1}
	Positive   = Type{Kind: IntegerKind, What: "a whole number", Min: 1, Max: 1<<31 - 1}
	PortNumber = Type{Kind: IntegerKind, What: "a port number", Min: 1, Max: 65535}
	PortRef    = Type{Kind: IntOrNameKind, What: "a port's number or name"}
	Amount     = Type{Kind: QuantityKind, What: "a quantity"}
	Share      = Type{Kind: IntOrPercentKind, What: "a number or a percentage"}
)
