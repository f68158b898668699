// Prints the report of the day.
package main

import (
	"fmt"
	"time"
)

func main() { fmt.Println("Orders of", time.Now().Format(time.DateOnly)) }
