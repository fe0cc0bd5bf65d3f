# Names of groups, definitions and scenarios that the package ships; a reader's own stay as they are.
name-elite = elite
name-commoner = commoner
