package trace
import ("testing";"os";"path/filepath";"strings";"fmt")
func TestReal(t *testing.T){
 fs,_:=filepath.Glob("/tmp/leaf/crash/*.out")
 var all strings.Builder
 for _,f:=range fs { b,_:=os.ReadFile(f)
  for i,seg:=range strings.Split(string(b),"---\n"){ seg=strings.Trim(seg,"\n"); if seg=="" {continue}
   text:=stamped+"\n"+seg+"\n"+stamped
   r:=joined(text)
   ok:= len(r)==3 && strings.Trim(r[1],"\n")==seg || len(r)==2 && r[0]==stamped+"\n"+seg
   if !ok { t.Errorf("%s #%d:\n%s", filepath.Base(f), i, strings.Join(r[:len(r)-1],"\n|||||\n")) }
   tb,at,found:=Find([]byte(seg)); fmt.Fprintf(&all,"== %s #%d %v %d %q\n",filepath.Base(f),i,found,at,strings.SplitN(seg,"\n",2)[0]); if found { if len(tb.Frames)>5{tb.Frames=tb.Frames[:5]}; show(&all,tb)}
  }}
 os.WriteFile("/tmp/leaf/real.txt",[]byte(all.String()),0644)
}
