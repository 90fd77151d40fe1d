// Package ui is the screen: the Bubble Tea program that draws what an Engine
// answers and turns keys into actions. It knows neither sources nor store, does
// no I/O in Update, and its model is touched by the program's event loop only;
// panes have packages of their own below it.
package ui
